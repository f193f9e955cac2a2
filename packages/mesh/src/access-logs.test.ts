import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import type { MeshOptions } from "./options.ts";
import { createFixture, echo, type Fixture, pushSource, resources, service } from "./testing/mesh-fixture.ts";

interface Bench {
  readonly fixture: Fixture;
  /** Lines of the log, once it has been closed. */
  lines(): Promise<readonly string[]>;
  /** Options of a mesh that logs to the file. */
  options(more?: MeshOptions): MeshOptions;
}

function startBench(t: TestContext): Bench {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-access-"));
  const file = join(folder, "access.log");
  const fixture = createFixture();
  t.after(async () => {
    await fixture.end();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    fixture,
    async lines() {
      await fixture.end();
      return readFileSync(file, "utf8").split("\n").slice(0, -1);
    },
    options: (more = {}) => ({ accessLog: file, ...more }),
  };
}

/** A Telemetry of the caller's namespace. */
function telemetry(spec: string): ReturnType<typeof resources> {
  return resources(`
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: all }
spec: ${spec}
`);
}

describe("the access log", () => {
  it("has Istio's line for an outbound request, when its body has ended", async (t) => {
    const { fixture, lines, options } = startBench(t);
    const port = await fixture.server((_request, response) => response.end("hello"));
    const mesh = await fixture.mesh(service("ratings", { v1: port }), options());
    const headers = { "x-request-id": "id-1", "user-agent": "tester" };
    await (await mesh.fetch("http://ratings/x?y=1", { method: "POST", body: "four", headers })).text();
    const [line, ...others] = await lines();
    assert.deepEqual(others, []);
    const cluster = "outbound\\|80\\|\\|ratings.default.svc.cluster.local";
    assert.match(
      line!,
      new RegExp(
        String.raw`^\[\d{4}-\d\d-\d\dT[\d:.]+Z\] "POST /x\?y=1 HTTP/1\.1" 200 - via_upstream - "-" 4 5 \d+ \d+ "-" "tester" "id-1" "ratings" "127\.0\.0\.1:${port}" ${cluster} - 127\.0\.0\.1:80 127\.0\.0\.1:0 - default$`,
      ),
    );
  });

  it("says why the mesh answered itself", async (t) => {
    const { fixture, lines, options } = startBench(t);
    const mesh = await fixture.mesh(
      service("ratings", {}),
      options({ accessLogFormat: "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %BYTES_SENT%" }),
    );
    await (await mesh.fetch("http://ratings/")).text();
    assert.deepEqual(await lines(), ["503 UH no_healthy_upstream 19"]);
  });

  it("has a line for an inbound request, in JSON where that is asked for", async (t) => {
    const { fixture, lines, options } = startBench(t);
    const mesh = await fixture.mesh(
      [],
      options({ accessLogEncoding: "json", service: { name: "caller", port: 9080 } }),
    );
    const server = createServer(mesh.listener((_request, response) => response.end("hello")));
    fixture.onServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/here`;
    // Its connection is gone when the line is written.
    await (await fetch(url, { headers: { "x-request-id": "id-2", connection: "close" } })).text();
    const [line] = await lines();
    const fields = JSON.parse(line!) as Record<string, unknown>;
    assert.deepEqual(
      [fields["method"], fields["path"], fields["response_code"], fields["bytes_sent"], fields["request_id"]],
      ["GET", "/here", 200, 5, "id-2"],
    );
    assert.equal(fields["upstream_cluster"], "inbound|9080||");
    assert.match(String(fields["downstream_remote_address"]), /^127\.0\.0\.1:\d+$/);
  });

  it("leaves out what a Telemetry's filter leaves out, from the next configuration on", async (t) => {
    const { fixture, lines, options } = startBench(t);
    const upstream = service("ratings", {
      v1: await fixture.server((request, response) => {
        response.statusCode = request.url === "/fail" ? 500 : 200;
        response.end();
      }),
    });
    const source = pushSource();
    source.push(upstream);
    const mesh = await fixture.mesh(source, options({ accessLogFormat: "%REQ(:PATH)% %RESPONSE_CODE%" }));
    const call = async (path: string): Promise<unknown> => (await mesh.fetch(`http://ratings${path}`)).text();
    await call("/before");
    source.push([...upstream, ...telemetry('{ accessLogging: [{ filter: { expression: "response.code >= 400" } }] }')]);
    await call("/fine");
    await call("/fail");
    source.push([...upstream, ...telemetry("{ accessLogging: [{ match: { mode: CLIENT }, disabled: true }] }")]);
    await call("/fail");
    assert.deepEqual(await lines(), ["/before 200", "/fail 500"]);
  });

  it("takes no line for another provider than envoy, and logs all where a filter is wrong; both are said", async (t) => {
    const { fixture, lines, options } = startBench(t);
    const said: string[] = [];
    const upstream = service("ratings", { v1: await fixture.server(echo("v1")) });
    const source = pushSource();
    source.push([...upstream, ...telemetry("{ accessLogging: [{ providers: [{ name: otel }] }] }")]);
    const mesh = await fixture.mesh(
      source,
      options({ logger: { warn: (message) => said.push(message) }, accessLogFormat: "%REQ(:PATH)%" }),
    );
    await (await mesh.fetch("http://ratings/otel")).text();
    source.push([...upstream, ...telemetry('{ accessLogging: [{ filter: { expression: "response.colour == 1" } }] }')]);
    await (await mesh.fetch("http://ratings/wrong")).text();
    assert.deepEqual(await lines(), ["/wrong"]);
    assert.match(said.join("\n"), /access log provider otel: the only one here is envoy/);
    assert.match(said.join("\n"), /response\.colour == 1 names response\.colour, .*Every request is logged/);
  });

  for (const [options, message] of [
    [{ accessLogEncoding: "xml" as "json" }, /option accessLogEncoding is "xml"; it must be text or json/],
    [{ accessLogFormat: "%NOTHING%" }, /option accessLogFormat is "%NOTHING%"; it must be a format of Envoy's/],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      await assert.rejects(createFixture().mesh([], options), { code: "MESH_BAD_OPTION", message });
    });
  }
});
