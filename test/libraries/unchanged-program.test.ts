import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type Echo, startReviews } from "./mesh-of-echoes.ts";

const url = "http://reviews:9080/reviews/0";

/** Handlers that know nothing of the mesh; each has `url` to call. */
const handlers: Readonly<Record<string, string>> = {
  axios: `import axios from "axios"; const call = async () => (await axios.get(url)).data;`,
  got: `import got from "got"; const call = () => got(url).json();`,
  "node:http": `import { get } from "node:http"; import { json } from "node:stream/consumers";
    const call = () => new Promise((resolve, reject) => get(url, (response) => resolve(json(response))).on("error", reject));`,
  "the global fetch": `const call = async () => (await fetch(url)).json();`,
};

function programOf(handler: string): string {
  return `import { createServer } from "node:http"; const url = "${url}"; ${handler}
    const server = createServer(async (request, response) => response.end(JSON.stringify(await call())));
    server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
}

/** Starts the program under `intramesh/register`; resolves with its port. */
async function start(t: TestContext, source: string): Promise<number> {
  const folder = await startReviews(t);
  const register = import.meta.resolve("intramesh/register");
  const args = ["--conditions=@intramesh/source", "--import", register, "--input-type=module", "-e", source];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, INTRAMESH_SERVICE: "unaware", INTRAMESH_FILES: folder, INTRAMESH_STATE_DIR: folder },
  });
  t.after(() => child.kill("SIGKILL"));
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return Number(port.toString());
}

for (const [name, handler] of Object.entries(handlers)) {
  test(`an unchanged program that calls by ${name} is routed, by the headers of what it handles`, async (t) => {
    const port = await start(t, programOf(handler));
    const versions = ["jason", "other"].map(async (user) => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "end-user": user } });
      return ((await response.json()) as Echo).version;
    });
    assert.deepEqual(await Promise.all(versions), ["v2", "v1"]);
  });
}
