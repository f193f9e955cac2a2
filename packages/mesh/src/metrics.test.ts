import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { after, describe, it } from "node:test";
import { createMesh } from "./create-mesh.ts";
import type { Mesh } from "./mesh.ts";
import { createFixture, pushSource, resources, service } from "./testing/mesh-fixture.ts";

const fixture = createFixture();
after(() => fixture.end());

/** The value of the one line of `metric` with all of `labels`. */
async function metricValue(mesh: Mesh, metric: string, ...labels: string[]): Promise<number> {
  const lines = (await mesh.metrics())
    .split("\n")
    .filter((line) => line.startsWith(metric) && /^[{ ]/.test(line.slice(metric.length)));
  const found = lines.filter((line) => labels.every((label) => line.includes(label)));
  assert.equal(found.length, 1, `${metric} ${labels} in:\n${lines.join("\n")}`);
  return Number(found[0]!.split(" ").at(-1));
}

/** A mesh whose inbound side listens. */
async function inbound(
  handler: RequestListener,
  options: Parameters<typeof fixture.mesh>[1] = {},
  given: ReturnType<typeof resources> = [],
): Promise<{ mesh: Mesh; port: number }> {
  const mesh = await fixture.mesh(given, options);
  const server = createServer(mesh.listener(handler));
  fixture.onServer(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { mesh, port: (server.address() as AddressInfo).port };
}

describe("sizes of bodies", () => {
  it("are counted by the caller for text, bytes, streams and Blobs, and for every answer", async () => {
    const port = await fixture.server((request, response) => {
      request.resume().on("end", () => response.end("x".repeat(70_000)));
    });
    const mesh = await fixture.mesh(service("ratings", { v1: port }));
    const bodies: RequestInit[] = [
      { method: "POST", body: "äöü" },
      { method: "POST", body: new Uint8Array(1_000) },
      { method: "POST", body: new Blob(["y".repeat(10_000)]) },
      { method: "POST", body: new Blob(["z".repeat(100_000)]).stream(), duplex: "half" } as RequestInit,
      {},
    ];
    for (const init of bodies) await (await mesh.fetch("http://ratings/", init)).arrayBuffer();
    assert.equal(await metricValue(mesh, "istio_request_bytes_sum", 'reporter="source"'), 6 + 1_000 + 10_000 + 100_000);
    assert.equal(await metricValue(mesh, "istio_request_bytes_count"), 5);
    assert.equal(await metricValue(mesh, "istio_response_bytes_sum"), 5 * 70_000);
  });

  it("are counted by the callee, whether the handler reads the body or not, over one connection", async () => {
    const { mesh, port } = await inbound((request, response) => {
      if (request.url === "/read") request.resume().on("end", () => response.end("read"));
      else response.end("n".repeat(50_000));
    });
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("latin1");
    let received = "";
    socket.on("data", (text) => {
      received += text;
    });
    const until = async (length: number): Promise<void> => {
      while (received.length < length) await once(socket, "data");
    };
    socket.write("POST /read HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello");
    await until(1);
    while (!received.endsWith("read")) await once(socket, "data");
    socket.write(
      "POST /read HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
    );
    const first = received.length;
    await until(first + 1);
    while (!received.slice(first).endsWith("read")) await once(socket, "data");
    socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    await once(socket, "end");
    assert.equal(await metricValue(mesh, "istio_request_bytes_sum", 'reporter="destination"'), 5 + 7);
    assert.equal(await metricValue(mesh, "istio_response_bytes_sum", 'reporter="destination"'), 4 + 4 + 50_000);
  });
});

describe("the callee's report", () => {
  it("says why the mesh answered in the place of the handler, and of what protocol the request was", async () => {
    const { mesh, port } = await inbound((_request, response) => response.end());
    const headers = { "content-type": "application/grpc", "grpc-timeout": "0m" };
    assert.equal((await fetch(`http://127.0.0.1:${port}/`, { headers })).status, 504);
    const labels = ['response_code="504"', 'response_flags="UT"', 'request_protocol="grpc"'];
    assert.equal(await metricValue(mesh, "istio_requests_total", ...labels), 1);
  });
});

describe("the metrics page", () => {
  it("is compressed for those who take it so", async () => {
    const { port } = await inbound((_request, response) => response.end());
    const [response] = (await once(
      httpRequest({ port, host: "127.0.0.1", path: "/metrics", headers: { "accept-encoding": "gzip" } }).end(),
      "response",
    )) as [import("node:http").IncomingMessage];
    assert.equal(response.headers["content-encoding"], "gzip");
    assert.equal(response.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    response.resume();
    const plain = await fetch(`http://127.0.0.1:${port}/metrics?by=prometheus`);
    assert.match(await plain.text(), /^intramesh_config_revision 1$/m);
  });

  it("is that of the admin port too, under its own type", async () => {
    const mesh = await fixture.mesh([], { adminPort: 0 });
    const response = await fetch(`${mesh.adminUrl}/metrics`);
    assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assert.match(await response.text(), /^intramesh_build_info\{version="\d+\.\d+\.\d+[^"]*",node="\d/m);
  });

  it("is a given registry's, which a second mesh may have when the first is closed", async () => {
    const registry = fakeRegistry();
    const options = { sources: [pushSource()], metricsRegistry: registry, handleSignals: false };
    const first = await createMesh(options);
    assert.equal(await first.metrics(), "page of a program");
    assert.ok(registry.names.has("istio_requests_total"));
    await assert.rejects(createMesh(options), {
      code: "MESH_BAD_OPTION",
      message: /^option metricsRegistry has a metric istio_requests_total already/,
    });
    await first.close();
    assert.equal(registry.names.size, 0);
    await (await createMesh(options)).close();
  });

  for (const [option, value, rule] of [
    ["metricsSeriesLimit", -1, "a whole number of series, 0 or more"],
    ["metricsSeriesLimit", 1.5, "a whole number of series, 0 or more"],
  ] as const) {
    it(`refuses a ${option} of ${value}, by name`, async () => {
      await assert.rejects(createMesh({ sources: [pushSource()], [option]: value }), {
        code: "MESH_BAD_OPTION",
        message: `option ${option} is ${value}; it must be ${rule}`,
      });
    });
  }

  it("refuses the process's metrics for a registry that has them from the program", async () => {
    const options = { sources: [pushSource()], metricsRegistry: fakeRegistry(), processMetrics: true };
    await assert.rejects(createMesh(options), { code: "MESH_BAD_OPTION", message: /^option processMetrics is true/ });
  });
});

describe("metrics of the configuration", () => {
  it("count what came into force and what was refused, and name the revision that holds", async () => {
    const source = pushSource();
    source.push([]);
    const mesh = await fixture.mesh(source);
    source.push(
      resources(`
apiVersion: v1
kind: Service
metadata: { name: ratings }
spec: { ports: [{ name: http, port: 80 }] }
`),
    );
    assert.equal(await metricValue(mesh, "intramesh_config_revision"), 2);
    assert.equal(await metricValue(mesh, "intramesh_config_applied_total"), 2);
    assert.equal(await metricValue(mesh, "intramesh_config_rejected_total"), 0);
    assert.equal(await metricValue(mesh, "intramesh_config_resources"), 1);
    assert.equal(await metricValue(mesh, "intramesh_config_stale"), 0);
    const appliedAt = await metricValue(mesh, "intramesh_config_applied_timestamp_seconds");
    assert.ok(Math.abs(appliedAt - Date.now() / 1_000) < 60);
  });

  it("count an object that is left out once, however often its state comes again", async () => {
    let push = (_refused: readonly string[]): void => {};
    let revision = 0;
    const source = pushSource();
    const mesh = await fixture.mesh({
      ...source,
      start(listener) {
        push = (refused) => {
          revision += 1;
          listener.onUpdate({ resources: [], revision: `${revision}`, description: "test", stale: false, refused });
        };
        push([]);
      },
    });
    push(["VirtualService default/a: no"]);
    push(["VirtualService default/a: no", "VirtualService default/b: no"]);
    push(["VirtualService default/b: no"]);
    assert.equal(await metricValue(mesh, "intramesh_config_rejected_total"), 2);
    assert.equal(await metricValue(mesh, "intramesh_config_refusals"), 1);
    push([]);
    assert.equal(await metricValue(mesh, "intramesh_config_refusals"), 0);
  });

  it("count a state that a source could not read", async () => {
    let fail = (_error: Error): void => {};
    const source = pushSource();
    const mesh = await fixture.mesh({
      ...source,
      start: (listener) => {
        fail = listener.onError;
        listener.onUpdate({ resources: [], revision: "a1", description: "test", stale: true });
      },
    });
    fail(new Error("spec.hosts: is missing"));
    assert.equal(await metricValue(mesh, "intramesh_config_rejected_total"), 1);
    assert.equal(await metricValue(mesh, "intramesh_config_refusals"), 1);
    assert.equal(await metricValue(mesh, "intramesh_config_stale"), 1);
    assert.doesNotMatch(await mesh.metrics(), /^intramesh_config_revision \d/m);
  });
});

/** What a mesh asks of prom-client's Registry. */
function fakeRegistry() {
  const names = new Set<string>();
  return {
    names,
    contentType: "text/plain",
    registerMetric({ name }: { readonly name: string }): void {
      if (names.has(name)) throw new Error(`A metric with the name ${name} has already been registered.`);
      names.add(name);
    },
    removeSingleMetric: (name: string): boolean => names.delete(name),
    metrics: (): Promise<string> => Promise.resolve("page of a program"),
  };
}

describe("a Telemetry's overrides of metrics", () => {
  it("take labels away and set others on both sides, from the next request on", async () => {
    const telemetry = resources(`
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: metrics }
spec:
  metrics:
  - providers: [{ name: prometheus }]
    overrides:
    - match: { metric: REQUEST_COUNT }
      tagOverrides:
        method: { value: request.method }
        tenant: { value: "request.headers['x-tenant']" }
        destination_workload: { operation: REMOVE }
    - match: { metric: REQUEST_SIZE, mode: SERVER }
      disabled: true
`);
    const { mesh: callee, port } = await inbound((_request, response) => response.end(), {}, telemetry);
    const caller = await fixture.mesh([...service("ratings", { v1: port }), ...telemetry]);
    const headers = { "x-tenant": "blue" };
    await (await caller.fetch("http://ratings/", { method: "POST", headers })).text();
    for (const mesh of [caller, callee]) {
      const labels = ['method="POST"', 'tenant="blue"'];
      assert.equal(await metricValue(mesh, "istio_requests_total", ...labels), 1);
      assert.doesNotMatch(await mesh.metrics(), /istio_requests_total\{[^}]*destination_workload=/);
    }
    assert.match(await caller.metrics(), /istio_request_bytes_count\{/);
    assert.doesNotMatch(await callee.metrics(), /istio_request_bytes_count\{/);
  });
});
