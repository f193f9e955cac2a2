import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { it } from "node:test";
import { promisify } from "node:util";
import { startAgent } from "./consul-agent.ts";
import { skipWithoutConsul } from "./consul-tool.ts";
import { stateFolder } from "./state-folder.ts";

const program = `
import { createMesh } from "intramesh";
const mesh = await createMesh({ service: { name: "script" } });
await mesh.ready();
console.log("ready");
`;

it("a program that has nothing else to do waits for the first state, and ends when it is through", {
  skip: skipWithoutConsul,
  timeout: 60_000,
}, async (t) => {
  const agent = await startAgent();
  t.after(() => agent.stop());
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@intramesh/source", "--input-type=module", "--eval", program],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, INTRAMESH_CONSUL: agent.url, INTRAMESH_STATE_DIR: stateFolder() },
      timeout: 20_000,
    },
  );
  assert.equal(stdout, "ready\n");
});
