import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

/** Nothing listens at port 1; retries wait in between, and so do injected delays. */
const resources = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: reviews }
spec:
  hosts: [reviews.example]
  ports: [{ number: 9080, name: http, protocol: HTTP }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1, ports: { http: 1 } }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews.example]
  http:
  - fault: { delay: { fixedDelay: 0.1s, percentage: { value: 100 } } }
    route: [{ destination: { host: reviews.example } }]
    retries: { attempts: 3, backoff: 50ms }
`;

const calls: Readonly<Record<string, string>> = {
  fetch: 'console.log((await fetch("http://reviews.example:9080/")).status);',
  axios: `import axios from "axios";
    await axios.get("http://reviews.example:9080/").catch(({ response }) => console.log(response.status));`,
};

for (const [name, source] of Object.entries(calls)) {
  test(`a script that only calls by ${name} lives until its answer is there, and no longer`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "intramesh-script-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, "reviews.yaml"), resources);
    const register = import.meta.resolve("intramesh/register");
    const args = ["--conditions=@intramesh/source", "--import", register, "--input-type=module", "-e", source];
    const child = spawn(process.execPath, args, {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, INTRAMESH_SERVICE: "script", INTRAMESH_FILES: folder, INTRAMESH_STATE_DIR: folder },
    });
    t.after(() => child.kill("SIGKILL"));
    const ended = once(child, "exit");
    assert.equal(await text(child.stdout), "503\n");
    assert.deepEqual(await ended, [0, null]);
  });
}
