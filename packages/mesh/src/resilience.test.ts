import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { createFixture, type Echo, echo, pushSource, resources, service } from "./testing/mesh-fixture.ts";

function virtualService(rest: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec:
  hosts: [ratings]
  http: [{ route: [{ destination: { host: ratings } }], ${rest} }]
`;
}

/** A port of loopback where nothing listens. */
async function deadPort(): Promise<number> {
  const probe = connect({ port: 1, host: "127.0.0.1" });
  await once(probe, "error");
  return 1;
}

describe("failures", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  it("retries on another endpoint and counts the attempts upstream", async () => {
    const failing = await fixture.server((_request, response) => {
      response.statusCode = 503;
      response.end("no");
    });
    const healthy = await fixture.server(echo("healthy"));
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: [failing, healthy] }),
      ...resources(virtualService("retries: { attempts: 5, retryOn: '5xx', backoff: 1ms }")),
    ]);
    const attempts = new Set<string>();
    for (let turn = 0; turn < 30; turn += 1) {
      const response = await mesh.fetch("http://ratings/");
      assert.equal(response.status, 200);
      attempts.add(((await response.json()) as Echo).headers["x-envoy-attempt-count"]!);
    }
    assert.ok(attempts.has("1") && attempts.has("2"), [...attempts].join(" "));
  });

  it("retries a refused connection by default, and gives up with 503 UF,URX", async () => {
    const mesh = await fixture.mesh(service("ratings", { v1: await deadPort() }));
    const response = await mesh.fetch("http://ratings/");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("x-intramesh-response-flags"), "UF,URX");
    assert.match(
      await response.text(),
      /^upstream connect error or disconnect\/reset before headers\. retried and the latest reset reason: /,
    );
  });

  it("does not retry a 503 by default", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      response.statusCode = 503;
      response.end("mine");
    });
    const mesh = await fixture.mesh(service("ratings", { v1: port }));
    const response = await mesh.fetch("http://ratings/");
    assert.deepEqual([response.status, await response.text(), calls], [503, "mine", 1]);
    assert.equal(response.headers.get("x-intramesh-response-flags"), null);
  });

  it("answers 503 UC where the upstream hangs up", async () => {
    const port = await fixture.server((request) => request.socket.destroy());
    const mesh = await fixture.mesh(service("ratings", { v1: port }));
    const response = await mesh.fetch("http://ratings/", { method: "POST", body: "x" });
    assert.deepEqual([response.status, response.headers.get("x-intramesh-response-flags")], [503, "UC"]);
  });

  const silent: RequestListener = () => undefined;

  it("answers 504 UT when the route timeout passes", async () => {
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(silent) }),
      ...resources(virtualService("timeout: 50ms")),
    ]);
    const response = await mesh.fetch("http://ratings/");
    assert.deepEqual([response.status, response.headers.get("x-intramesh-response-flags")], [504, "UT"]);
    assert.equal(await response.text(), "upstream request timeout");
  });

  it("breaks a body off when the route timeout passes after the head", async () => {
    const port = await fixture.server((_request, response) => {
      response.write("begun");
    });
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: port }),
      ...resources(virtualService("timeout: 80ms")),
    ]);
    const response = await mesh.fetch("http://ratings/");
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), TypeError);
  });

  it("repeats a try that timed out where retryOn says so", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      if (calls === 2) response.end("second");
    });
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: port }),
      ...resources(virtualService("retries: { attempts: 2, perTryTimeout: 50ms, retryOn: 'reset', backoff: 1ms }")),
    ]);
    assert.equal(await (await mesh.fetch("http://ratings/")).text(), "second");
  });

  const bodies: readonly [string, () => NonNullable<RequestInit["body"]>][] = [
    ["text", () => "body text"],
    ["bytes", () => Buffer.from("body text")],
    ["a Blob", () => new Blob(["body text"])],
    ["a stream", () => Readable.toWeb(Readable.from([Buffer.from("body "), Buffer.from("text")])) as ReadableStream],
  ];
  for (const [name, body] of bodies) {
    it(`sends ${name} again, byte for byte`, async () => {
      let calls = 0;
      const port = await fixture.server((request, response) => {
        calls += 1;
        if (calls > 1) {
          echo("second")(request, response as never);
          return;
        }
        request.resume().on("end", () => {
          response.statusCode = 500;
          response.end();
        });
      });
      const mesh = await fixture.mesh([
        ...service("ratings", { v1: port }),
        ...resources(virtualService("retries: { attempts: 1, retryOn: '5xx', backoff: 1ms }")),
      ]);
      const response = await mesh.fetch("http://ratings/", {
        method: "POST",
        body: body(),
        duplex: "half",
      } as RequestInit);
      assert.equal(((await response.json()) as Echo).body, "body text");
    });
  }

  it("delays by fault without touching the route timeout", async () => {
    const fault = "fault: { delay: { percentage: { value: 100 }, fixedDelay: 60ms } }, timeout: 50ms";
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(echo("late")) }),
      ...resources(virtualService(fault)),
    ]);
    const startedAt = performance.now();
    const response = await mesh.fetch("http://ratings/");
    assert.equal(response.status, 200);
    assert.ok(performance.now() - startedAt >= 58);
    await response.text();
  });

  it("ends a delay at once when the caller gives up", async () => {
    const fault = "fault: { delay: { percentage: { value: 100 }, fixedDelay: 3600s } }";
    const mesh = await fixture.mesh([...service("ratings", { v1: 1 }), ...resources(virtualService(fault))]);
    const controller = new AbortController();
    const pending = mesh.fetch("http://ratings/", { signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(pending, { name: "AbortError" });
  });

  it("fails no request while the configuration changes under it", async () => {
    const [one, two] = [await fixture.server(echo("one")), await fixture.server(echo("two"))];
    const source = pushSource();
    const states = [
      service("ratings", { v1: one }),
      service("ratings", { v1: two }),
      service("ratings", { v1: [one, two] }),
    ];
    source.push(states[0]!);
    const mesh = await fixture.mesh(source);
    let pushed = 0;
    const callers = Array.from({ length: 8 }, async () => {
      for (let turn = 0; turn < 100; turn += 1) {
        if (turn % 10 === 0) source.push(states[pushed++ % states.length]!);
        const response = await mesh.fetch("http://ratings/");
        assert.equal(response.status, 200);
        await response.text();
      }
    });
    await Promise.all(callers);
  });

  it("keeps the last good snapshot where a new state does not compile", async () => {
    const source = pushSource();
    source.push(service("ratings", { v1: await fixture.server(echo("kept")) }));
    const mesh = await fixture.mesh(source);
    const rejected: Error[] = [];
    mesh.on("configRejected", ({ error }) => rejected.push(error));
    source.push([null as never]);
    assert.equal(rejected.length, 1);
    assert.equal((await mesh.fetch("http://ratings/")).status, 200);
  });
});
