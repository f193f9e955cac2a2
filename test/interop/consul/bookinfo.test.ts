import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { startBookinfo } from "@intramesh/example-bookinfo";
import { eventually } from "../../support/eventually.ts";
import { startAgent } from "./consul-agent.ts";
import { consulApi } from "./consul-api.ts";
import { skipWithoutConsul } from "./consul-tool.ts";

const config = join(import.meta.dirname, "../../../examples/bookinfo/config");

it("Bookinfo runs with Consul and no registry, steered by keys, and leaves nobody behind", {
  skip: skipWithoutConsul,
  timeout: 120_000,
}, async (t) => {
  const data = mkdtempSync(join(tmpdir(), "intramesh-bookinfo-consul-"));
  const agent = await startAgent();
  const api = consulApi(agent.url);
  const lines: string[] = [];
  const options = { consul: agent.url, registryPort: 0, port: 0, data, ratingsDatabase: undefined };
  const bookinfo = await startBookinfo(options, (line) => lines.push(line), new AbortController().signal);
  t.after(async () => {
    await bookinfo.stop();
    await agent.stop();
    rmSync(data, { recursive: true, force: true });
  });
  assert.equal(bookinfo.programs.size, 7);
  assert.equal(bookinfo.programs.has("registry"), false);

  const put = (file: string): Promise<void> =>
    api.putKey(`intramesh/resources/${file}`, readFileSync(join(config, file), "utf8"));
  const sees = (what: string, versions: string): Promise<number> =>
    eventually(what, 10_000, async () => (await versionsSeen(bookinfo.url)) === versions);

  await sees("calls spread over all versions", "v1,v2,v3");
  await put("destination-rules.yaml");
  await put("all-v1.yaml");
  await sees("all calls go to v1", "v1");
  await put("reviews-50-v3.yaml");
  await api.deleteKey("intramesh/resources/all-v1.yaml");
  await sees("half of the calls go to v3", "v1,v3");
  await api.deleteKey("intramesh/resources/reviews-50-v3.yaml");
  await sees("calls spread over all versions again", "v1,v2,v3");

  await bookinfo.stop();
  assert.deepEqual(await api.serviceIds(), []);
});

/** Versions that wrote the reviews of thirty pages, sorted. */
async function versionsSeen(url: string): Promise<string> {
  const answers = await Promise.all(
    Array.from({ length: 30 }, async () => {
      const response = await fetch(`${url}/api/v1/products/0/reviews`);
      // Bookinfo's own shape.
      return (await response.json()) as { readonly podname?: string };
    }),
  );
  const versions = answers.map(({ podname = "" }) => /^reviews-(v\d)-/.exec(podname)?.[1] ?? "none");
  return [...new Set(versions)].sort().join();
}
