import assert from "node:assert/strict";
import { run } from "@intramesh/cli";
import { rule, testEachKubectl } from "./bench.ts";

testEachKubectl("kubectl works by the kubeconfig that intramesh writes", async ({ fine, url, file }) => {
  const args = ["kubeconfig", "--registry", url, "--namespace", "shop"];
  const written = await run(args, { env: {}, readStdin: () => "" });
  assert.deepEqual([written.code, written.err], [0, []]);
  const config = file("kubeconfig", written.out);
  // The bench's own --server comes first, and a later one wins.
  const byConfig = ["--kubeconfig", config, "--server", ""];
  assert.equal(await fine([...byConfig, "config", "current-context"]), "intramesh\n");
  await fine([...byConfig, "create", "namespace", "shop"]);
  await fine([...byConfig, "apply", "-f", "-"], { stdin: rule("reviews") });
  assert.match(await fine([...byConfig, "get", "vs", "-A"]), /^shop +reviews /m);
});
