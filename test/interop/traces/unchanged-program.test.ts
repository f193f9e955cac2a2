import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { backendYaml } from "./meshed-servers.ts";
import { treeOf } from "./received-span.ts";
import { startTraceReceiver } from "./trace-receiver.ts";

/** Knows of no mesh and of no traces. */
const program = `
  import { createServer } from "node:http";
  const server = createServer(async (request, response) => {
    response.end(await (await fetch("http://backend/")).text());
  });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;

it("a program that knows nothing of it is traced by variables alone, and its last spans go out at SIGTERM", {
  timeout: 60_000,
}, async (t) => {
  const receiver = await startTraceReceiver();
  t.after(() => receiver.close());
  const backend = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  t.after(() => {
    backend.closeAllConnections();
    backend.close();
  });
  const folder = mkdtempSync(join(tmpdir(), "intramesh-unchanged-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "backend.yaml"), backendYaml((backend.address() as AddressInfo).port));

  const register = import.meta.resolve("intramesh/register");
  const args = ["--conditions=@intramesh/source", "--import", register, "--input-type=module", "-e", program];
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      INTRAMESH_SERVICE: "unaware",
      INTRAMESH_FILES: folder,
      INTRAMESH_STATE_DIR: folder,
      INTRAMESH_DRAIN_DELAY_MS: "10",
      INTRAMESH_TRACING: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      // Nothing goes out by itself while this test runs.
      OTEL_BSP_SCHEDULE_DELAY: "600000",
    },
  });
  t.after(() => child.kill("SIGKILL"));
  const ended = once(child, "exit");
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  const response = await fetch(`http://127.0.0.1:${port.toString().trim()}/`);
  assert.equal(await response.text(), "ok");
  assert.deepEqual(receiver.otlp, []);

  child.kill("SIGTERM");
  await ended;
  assert.deepEqual(receiver.refused, []);
  const client = { service: "unaware", kind: "CLIENT", children: [] } as const;
  assert.deepEqual(treeOf(receiver.otlp), { service: "unaware", kind: "SERVER", children: [client] });
});
