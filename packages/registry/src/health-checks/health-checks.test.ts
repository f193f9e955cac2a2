import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from "node:net";
import { type TestContext, test } from "node:test";
import { type ReplyBody, startTestRegistry, type TestRegistry, take } from "../testing/test-registry.ts";

const entries = "/apis/networking.istio.io/v1/namespaces/default/workloadentries";
const watch = "/mesh/v1/watch?since=0&kinds=WorkloadEntry";
/** The network is real and time is not: it must not run out between the two. */
const timeoutSeconds = 600;
const healthCheck = { path: "/health", intervalSeconds: 5, timeoutSeconds, unhealthyThreshold: 2, healthyThreshold: 2 };

async function listen<Any extends Server | TcpServer>(t: TestContext, server: Any): Promise<number> {
  server.listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** An instance whose health the test decides. */
interface Patient {
  status: number;
  readonly port: number;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
  /** Emits `answer` after each. */
  readonly answers: EventEmitter;
}

async function startPatient(t: TestContext): Promise<Patient> {
  const asked: string[] = [];
  const patient = { status: 200, port: 0, asked, answers: new EventEmitter() };
  const answer: RequestListener = (request, response) => {
    asked.push(request.url ?? "");
    response.statusCode = patient.status;
    response.once("close", () => patient.answers.emit("answer"));
    response.end();
  };
  patient.port = await listen(t, createServer(answer));
  return patient;
}

/** Moves time by one probe, and waits until the patient's answer has been judged. */
async function probeOnce(registry: TestRegistry, patient: Patient): Promise<void> {
  const answered = once(patient.answers, "answer");
  registry.clock.advance(healthCheck.intervalSeconds * 1_000);
  await answered;
  // The probe reads its answer in this process: calls that are made after it was sent come back after it.
  for (let calls = 0; calls < 3; calls++) await registry.ask("GET", "/healthz");
}

/** The next line of a type; bookmarks come as time passes. */
async function next(lines: AsyncGenerator<ReplyBody>, type: string): Promise<ReplyBody> {
  for (;;) {
    const [line] = await take(lines, 1);
    if (line.type === type) return line;
  }
}

async function register(registry: TestRegistry, instance: string, port: number, more: object = {}): Promise<void> {
  const reply = await registry.register("reviews", instance, {
    address: "127.0.0.1",
    ports: { http: port },
    ttlSeconds: 3_600,
    healthCheck,
    ...more,
  });
  assert.ok(reply.status < 300, JSON.stringify(reply.body));
}

async function condition(registry: TestRegistry, instance: string): Promise<ReplyBody> {
  const { status, body } = await registry.ask("GET", `${entries}/${instance}`);
  assert.equal(status, 200);
  return body.status?.conditions[0];
}

/** What a client that comes now sees. */
async function shown(registry: TestRegistry): Promise<string[]> {
  const names: string[] = [];
  for await (const line of await registry.lines(watch)) {
    if (line.type === "BOOKMARK") break;
    if (line.type === "PUT") names.push(line.object.metadata.name);
  }
  return names.sort();
}

test("an instance that answers badly so often in a row is kept from clients, and comes back", async (t) => {
  const registry = await startTestRegistry(t);
  const patient = await startPatient(t);
  await register(registry, "r1", patient.port);
  const lines = await registry.lines(watch);
  assert.equal((await next(lines, "PUT")).object.metadata.name, "r1");
  await probeOnce(registry, patient);
  assert.equal(await condition(registry, "r1"), undefined);
  assert.equal(patient.asked[0], "/health");

  patient.status = 500;
  await probeOnce(registry, patient);
  assert.deepEqual(await shown(registry), ["r1"]);
  await probeOnce(registry, patient);
  const unwell = await condition(registry, "r1");
  assert.deepEqual([unwell.type, unwell.status, unwell.reason], ["Healthy", "False", "ProbeFailed"]);
  assert.match(unwell.message, /^GET http:\/\/127\.0\.0\.1:\d+\/health answered 500, 2 times in a row$/);
  assert.deepEqual(await shown(registry), []);
  assert.equal((await next(lines, "DELETE")).name, "r1");
  assert.equal((await registry.ask("GET", "/mesh/v1/instances")).body.items.length, 1);

  patient.status = 204;
  await probeOnce(registry, patient);
  assert.deepEqual(await shown(registry), []);
  await probeOnce(registry, patient);
  assert.deepEqual(await shown(registry), ["r1"]);
  assert.equal((await condition(registry, "r1")).status, "True");
});

test("one good answer begins the count anew", async (t) => {
  const registry = await startTestRegistry(t);
  const patient = await startPatient(t);
  await register(registry, "r1", patient.port);
  for (const status of [500, 200, 500, 302, 500]) {
    patient.status = status;
    await probeOnce(registry, patient);
  }
  assert.deepEqual(await shown(registry), ["r1"]);
});

test("an instance that accepts and never answers is unhealthy when its time is over", async (t) => {
  const registry = await startTestRegistry(t);
  const silent = createTcpServer((socket) => void socket.on("error", () => {}).resume());
  await register(registry, "r1", await listen(t, silent), {
    healthCheck: { ...healthCheck, timeoutSeconds: 0.5, unhealthyThreshold: 1 },
  });
  const lines = await registry.lines(watch);
  registry.clock.advance(5_500);
  await next(lines, "DELETE");
  assert.match((await condition(registry, "r1")).message, /did not answer within 0\.5 s, 1 times in a row$/);
});

test("when most cannot be reached at once the registry blames its own network", async (t) => {
  const registry = await startTestRegistry(t);
  const patient = await startPatient(t);
  const dead = createTcpServer();
  const port = await listen(t, dead);
  await new Promise((resolve) => dead.close(resolve));
  await register(registry, "alive", patient.port);
  await register(registry, "dead1", port);
  await register(registry, "dead2", port);
  for (let times = 0; times < 4; times++) await probeOnce(registry, patient);
  assert.deepEqual(await shown(registry), ["alive", "dead1", "dead2"]);
});

test("a renewal leaves what was found out alone, a new process begins anew", async (t) => {
  const registry = await startTestRegistry(t);
  const patient = await startPatient(t);
  patient.status = 503;
  await register(registry, "r1", patient.port, { session: "a" });
  await probeOnce(registry, patient);
  await probeOnce(registry, patient);
  await register(registry, "r1", patient.port, { session: "a", weight: 2 });
  assert.deepEqual(await shown(registry), []);
  await register(registry, "r1", patient.port, { session: "b" });
  assert.deepEqual(await shown(registry), ["r1"]);
});

test("an instance that left, or asks for no check, is not probed", async (t) => {
  const registry = await startTestRegistry(t);
  const patient = await startPatient(t);
  await register(registry, "r1", patient.port);
  await register(registry, "r2", patient.port, { healthCheck: undefined });
  await registry.ask("DELETE", "/mesh/v1/namespaces/default/services/reviews/instances/r1");
  registry.clock.advance(healthCheck.intervalSeconds * 1_000);
  await registry.ask("GET", "/healthz");
  assert.deepEqual(patient.asked, []);
});

test("the check is shown with the instance", async (t) => {
  const registry = await startTestRegistry(t);
  await register(registry, "r1", 9080);
  const { body } = await registry.ask("GET", "/mesh/v1/namespaces/default/services/reviews/instances/r1");
  assert.deepEqual(body.healthCheck, healthCheck);
});
