import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** A kubectl of one release. */
export interface KubectlRelease {
  readonly path: string;
  /** `1.36.4` */
  readonly version: string;
  /** 36 of `1.36.4`. */
  readonly minor: number;
}

/**
 * The machine's own kubectl, the oldest release and the newest that are there or can be had, oldest first; with
 * `INTRAMESH_KUBECTLS=all` every one between them too.
 */
export const kubectls: readonly KubectlRelease[] = findKubectls();

function findKubectls(): readonly KubectlRelease[] {
  const found = spawnSync(resolve(import.meta.dirname, "../tools/get-kubectl"), { encoding: "utf8" });
  const byVersion = new Map<string, KubectlRelease>();
  for (const path of (found.stdout ?? "").split("\n")) {
    const release = path === "" ? undefined : releaseAt(path);
    if (release !== undefined && !byVersion.has(release.version)) byVersion.set(release.version, release);
  }
  const releases = [...byVersion.values()];
  const [own] = releases;
  const byAge = releases.toSorted((a, b) => a.minor - b.minor);
  const isAsked = process.env["INTRAMESH_KUBECTLS"] === "all";
  return byAge.filter((release) => isAsked || release === own || release === byAge[0] || release === byAge.at(-1));
}

function releaseAt(path: string): KubectlRelease | undefined {
  const { stdout } = spawnSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8" });
  const version = /"gitVersion": "v([^"]+)"/.exec(stdout ?? "")?.[1];
  const minor = Number(version?.split(".")[1]);
  return version === undefined || Number.isNaN(minor) ? undefined : { path, version, minor };
}
