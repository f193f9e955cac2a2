import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { createRegistry } from "@intramesh/registry";
import { createMesh, files } from "intramesh";

/** `name type label,label`, as a page of metrics has it. */
function described(page: string): string[] {
  return [...page.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name, type]) => {
    const sample = new RegExp(`^${name}(?:_bucket|_sum|_count)?(?:\\{(.*)\\})? `, "m").exec(page);
    const labels = [...(sample?.[1] ?? "").matchAll(/(\w+)="/g)].map(([, label]) => label!);
    return line(name!, type!, labels);
  });
}

/** The same of a section of the documentation: the rows of its tables, name, type and labels in the first three columns. */
function documented(section: string): string[] {
  const text = readFileSync(new URL("../../../docs/reference/metrics.md", import.meta.url), "utf8");
  const part = text.split(/^## /m).find((each) => each.startsWith(`${section}\n`));
  assert.ok(part !== undefined, `docs/reference/metrics.md has no section ${section}`);
  const istio = /^All of Istio's labels: ([^.]*)\.$/m.exec(text)![1]!;
  const names = (column: string): string[] => [...column.matchAll(/`(\w+)`/g)].map(([, label]) => label!);
  return [...part.matchAll(/^\| `(\w+)` \| (\w+) \| ([^|]*) \|/gm)].map(([, name, type, labels]) =>
    line(name!, type!, labels === "Istio's" ? names(istio) : names(labels!)),
  );
}

function line(name: string, type: string, labels: readonly string[]): string {
  return `${name} ${type} ${labels.filter((label) => label !== "le").sort()}`.trim();
}

/** A mesh that has called one service, which has had a call from it. */
async function meshPage(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-documented-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  writeFileSync(
    join(folder, "mesh.yaml"),
    `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: ratings }
spec:
  hosts: [ratings.example]
  ports: [{ number: 80, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: ${port} } }]
`,
  );
  await using mesh = await createMesh({
    service: { name: "documented" },
    sources: [files(folder)],
    handleSignals: false,
  });
  await mesh.ready();
  const response = await mesh.fetch("http://ratings.example/");
  assert.equal(response.status, 200);
  await response.arrayBuffer();
  // Before the mesh closes.
  return await mesh.metrics();
}

async function registryPage(t: TestContext): Promise<string> {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  await (await fetch(`${registry.url}/healthz`)).text();
  return (await fetch(`${registry.url}/metrics`)).text();
}

describe("docs/reference/metrics.md", () => {
  it("has every metric of a process, with its type and labels, and no other", async (t) => {
    assert.deepEqual(documented("Processes"), described(await meshPage(t)));
  });

  it("has every metric of the registry, with its type and labels, and no other", async (t) => {
    assert.deepEqual(documented("Registry"), described(await registryPage(t)));
  });
});
