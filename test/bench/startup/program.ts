import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/*
 * One fresh process: imports what its first argument names, calls the server whose URL is the second, and prints how
 * many milliseconds each of the two took.
 */
const [variant, url] = process.argv.slice(2) as ["mesh" | "by-hand", string];

const resources = fileURLToPath(new URL("resources.yaml", import.meta.url));
const began = performance.now();
const call = await prepare();
const imported = performance.now();
await call();
console.log(JSON.stringify({ importMs: imported - began, firstAnswerMs: performance.now() - imported }));
process.exit(0);

async function prepare(): Promise<() => Promise<unknown>> {
  if (variant === "by-hand") {
    const [{ request }] = await Promise.all([
      import("undici"),
      import("opossum"),
      import("p-retry"),
      import("@opentelemetry/api"),
      import("prom-client"),
    ]);
    return async () => (await request(url)).body.json();
  }
  const { createMesh, files } = await import("intramesh");
  return async () => {
    const mesh = await createMesh({ service: { name: "caller" }, sources: [files(resources)], handleSignals: false });
    return (await mesh.fetch(url)).json();
  };
}
