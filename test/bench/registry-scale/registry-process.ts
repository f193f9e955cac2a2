import { createRegistry } from "@intramesh/registry";

/** What a registry in a process of its own tells of itself. */
export type RegistryReport =
  | { readonly kind: "listening"; readonly url: string; readonly port: number }
  | { readonly kind: "usage"; readonly rssBytes: number; readonly cpuMs: number };

/** `registry-process.ts PORT DATA`; any message asks for its usage, after a garbage collection. */
const [port = "0", data = ":memory:"] = process.argv.slice(2);
const registry = await createRegistry({ port: Number(port), data });

function tell(report: RegistryReport): void {
  process.send?.(report);
}

process.on("message", () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  tell({ kind: "usage", rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000 });
});
// The parent has gone.
process.on("disconnect", () => process.exit());
tell({ kind: "listening", url: registry.url, port: registry.port });
