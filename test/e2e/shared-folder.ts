import { existsSync } from "node:fs";
import { join } from "node:path";

const folder = process.env["INTRAMESH_SHARED"] ?? join(import.meta.dirname, "../../../shared");

/** Istio's own files for Bookinfo, read in place; `INTRAMESH_SHARED` says where else their folder is. */
export const istioBookinfo: string = join(folder, "data", "istio-bookinfo");

/** False skips what needs the files; under CI missing ones are an error instead. */
export const hasIstioBookinfo: boolean = existsSync(istioBookinfo);

if (!hasIstioBookinfo && process.env["CI"] === "true") {
  throw new Error(`${istioBookinfo} is missing: set INTRAMESH_SHARED to the folder that holds data/istio-bookinfo`);
}
