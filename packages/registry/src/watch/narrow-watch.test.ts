import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { constants, gunzipSync } from "node:zlib";
import { streamHeader, streamPath } from "@intramesh/discovery";
import {
  type ReplyBody,
  startTestRegistry,
  type TestRegistry,
  take,
  virtualService,
} from "../testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const entries = "/apis/networking.istio.io/v1/namespaces/default/workloadentries";

function brief(events: readonly ReplyBody[]): string[] {
  return events.map(({ type, revision, object, objects, name, service, ports }) =>
    [
      type,
      revision,
      object?.metadata.name ?? name ?? service,
      ports && JSON.stringify(ports),
      objects?.map((each: ReplyBody) => each.metadata.name).join("+"),
    ]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}

/** A narrow stream, and the way to speak to it. */
async function narrow(
  t: TestContext,
  { url, ask }: TestRegistry,
  query: string,
): Promise<{ next(count: number): Promise<string[]>; ask(...services: string[]): Promise<number> }> {
  const aborter = new AbortController();
  t.after(() => aborter.abort());
  const response = await fetch(`${url}/mesh/v1/watch?${query}`, { signal: aborter.signal });
  const stream = linesOf(response.body!);
  const id = response.headers.get(streamHeader)!;
  return {
    next: async (count) => brief(await take(stream, count)),
    ask: async (...services) => (await ask("POST", streamPath(id), { services })).status,
  };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ReplyBody> {
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

test("a stream hears of services it does not subscribe to, not of their instances", async (t) => {
  const registry = await startTestRegistry(t);
  await registry.register("ratings", "ratings-1");
  const stream = await narrow(t, registry, "since=0&services=");
  assert.deepEqual(await stream.next(5), [
    "RESET",
    "PUT 1 default",
    "PUT 2 istio-system",
    'SERVICE 0 ratings [{"http":9080}]',
    "BOOKMARK 3",
  ]);
  await registry.register("ratings", "ratings-2");
  await registry.register("reviews", "reviews-1");
  await registry.ask("POST", rules, virtualService("any"));
  assert.deepEqual(await stream.next(2), ['SERVICE 5 reviews [{"http":9080}]', "PUT 6 any"]);
  await registry.register("ratings", "ratings-2", { ports: { http: 9080, admin: 9901 } });
  assert.deepEqual(await stream.next(1), ['SERVICE 7 ratings [{"admin":9901,"http":9080},{"http":9080}]']);
  await registry.ask("DELETE", "/mesh/v1/namespaces/default/services/reviews/instances/reviews-1");
  assert.deepEqual(await stream.next(1), ["SERVICE 8 reviews []"]);
});

test("what a stream asks for comes on the stream, whole, and with its changes from then on", async (t) => {
  const registry = await startTestRegistry(t);
  await registry.register("reviews", "reviews-1");
  await registry.register("reviews", "reviews-2");
  const stream = await narrow(t, registry, "since=4&services=");
  assert.deepEqual(await stream.next(2), ["RESUME", "BOOKMARK 4"]);
  assert.equal(await stream.ask("reviews.default", "nobody.default"), 204);
  assert.deepEqual(await stream.next(2), [
    "INSTANCES reviews.default reviews-1+reviews-2",
    "INSTANCES nobody.default ",
  ]);
  assert.equal(await stream.ask("reviews.default"), 204);
  await registry.register("ratings", "ratings-1");
  await registry.register("reviews", "reviews-3");
  await registry.ask("DELETE", "/mesh/v1/namespaces/default/services/reviews/instances/reviews-1");
  assert.deepEqual(await stream.next(3), [
    'SERVICE 5 ratings [{"http":9080}]',
    "PUT 6 reviews-3",
    "DELETE 7 reviews-1",
  ]);
});

test("a stream may subscribe by the labels that a Service selects by", async (t) => {
  const registry = await startTestRegistry(t);
  await registry.register("reviews-next", "canary", { labels: { app: "reviews", version: "v9" } });
  await registry.register("reviews", "old", { labels: { app: "reviews", version: "v1" } });
  const stream = await narrow(t, registry, `since=0&services=${encodeURIComponent("default/app=reviews;version=v9")}`);
  assert.deepEqual((await stream.next(7)).slice(5), ["INSTANCES default/app=reviews;version=v9 canary", "BOOKMARK 4"]);
  await registry.register("reviews", "old", { labels: { app: "reviews", version: "v9" } });
  assert.deepEqual(await stream.next(1), ["PUT 5 old"]);
  await registry.register("reviews", "old", { labels: { app: "reviews", version: "v10" } });
  assert.deepEqual(await stream.next(1), ["DELETE 6 old"]);
});

test("a WorkloadEntry that nobody registered is everybody's", async (t) => {
  const registry = await startTestRegistry(t);
  const stream = await narrow(t, registry, "since=2&services=");
  await stream.next(2);
  await registry.ask("POST", entries, {
    apiVersion: "networking.istio.io/v1",
    kind: "WorkloadEntry",
    metadata: { name: "vm" },
    spec: { address: "10.0.0.9", labels: { app: "vm" } },
  });
  assert.deepEqual(await stream.next(1), ["PUT 3 vm"]);
});

test("a stream resumes with the instances of its terms, and the services that changed meanwhile", async (t) => {
  const registry = await startTestRegistry(t);
  await registry.register("reviews", "reviews-1");
  await registry.register("ratings", "ratings-1");
  await registry.register("reviews", "reviews-2");
  const stream = await narrow(t, registry, "since=3&services=reviews.default");
  assert.deepEqual(await stream.next(4), [
    "RESUME",
    'SERVICE 4 ratings [{"http":9080}]',
    "PUT 5 reviews-2",
    "BOOKMARK 5",
  ]);
});

test("an instance that its health check finds unwell is in no list", async (t) => {
  const registry = await startTestRegistry(t);
  const closedPort = 1;
  const healthCheck = { path: "/", intervalSeconds: 5, timeoutSeconds: 600, unhealthyThreshold: 1 };
  await registry.register("reviews", "reviews-1", { address: "127.0.0.1", ports: { http: closedPort }, healthCheck });
  await registry.register("reviews", "reviews-2");
  const isUnwell = async (): Promise<boolean> =>
    JSON.stringify((await registry.ask("GET", `${entries}/reviews-1`)).body.status ?? "").includes("ProbeFailed");
  registry.clock.advance(5_000);
  while (!(await isUnwell()));
  const stream = await narrow(t, registry, "since=0&services=reviews.default");
  assert.deepEqual((await stream.next(5)).slice(3), [
    'SERVICE 0 reviews [{"http":9080}]',
    "INSTANCES reviews.default reviews-2",
  ]);
});

test("a stream that is not there cannot be asked, and a term that is none is refused by name", async (t) => {
  const registry = await startTestRegistry(t);
  assert.equal((await registry.ask("POST", streamPath("gone"), { services: [] })).status, 404);
  const { status, body } = await registry.ask("GET", "/mesh/v1/watch?services=reviews");
  assert.equal(status, 400);
  assert.match(
    body.message,
    /"reviews" names no instances, NAME\.NAMESPACE or NAMESPACE\/key=value;key=value was expected/,
  );
});

test("a stream is spoken to without the token that writes need", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "secret");
  const registry = await startTestRegistry(t, { tokenFile });
  const stream = await narrow(t, registry, "since=2&services=");
  assert.equal((await registry.register("reviews", "reviews-1")).status, 401);
  assert.equal(await stream.ask("reviews.default"), 204);
});

test("a reader that promised to speak and does not is cut off after two intervals; one that speaks is not", async (t) => {
  const registry = await startTestRegistry(t);
  const silent = await narrow(t, registry, "since=2&services=&heartbeat=30");
  const speaking = await narrow(t, registry, "since=2&services=&heartbeat=30");
  await Promise.all([silent.next(2), speaking.next(2)]);
  for (let beat = 0; beat < 3; beat++) {
    registry.clock.advance(30_000);
    if (beat < 2) assert.equal(await speaking.ask(), 204);
  }
  await assert.rejects(async () => {
    await silent.next(100);
  });
  assert.match((await registry.ask("GET", "/metrics")).body, /^intramesh_registry_watchers 1$/m);
  assert.equal(await speaking.ask("reviews.default"), 204);
});

test("whole states beyond 64 at once are put off with 429 and Retry-After, resumed streams are not", async (t) => {
  const registry = await startTestRegistry(t);
  const filler = "x".repeat(1_000_000);
  for (let index = 0; index < 8; index++) {
    await registry.ask("POST", rules, virtualService(`v${index}`, { annotations: { filler } }));
  }
  const stuck = await Promise.all(Array.from({ length: 64 }, () => open(t, registry.url, 0)));
  assert.match((await registry.ask("GET", "/metrics")).body, /^intramesh_registry_watch_openings 64$/m);
  const refused = await open(t, registry.url, 0);
  assert.deepEqual([refused.statusCode, refused.headers["retry-after"]], [429, "1"]);
  assert.equal((await open(t, registry.url, 10)).statusCode, 200);
  stuck[0]!.destroy();
  const isBack = async (): Promise<boolean> => (await open(t, registry.url, 0)).statusCode === 200;
  while (!(await isBack()));
});

test("streams that are told the same are told it in the same bytes", async (t) => {
  const registry = await startTestRegistry(t);
  await registry.register("reviews", "reviews-1");
  const [one, other] = await Promise.all([open(t, registry.url, 0, true), open(t, registry.url, 0, true)]);
  const [first, second] = [await firstBytes(one), await firstBytes(other)];
  assert.deepEqual(first, second);
  assert.ok(first.length > 0);
});

/** A stream whose answer nobody reads. */
function open(t: TestContext, url: string, since: number, gzip: boolean = false): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = gzip ? { "accept-encoding": "gzip" } : {};
    const request = get(`${url}/mesh/v1/watch?since=${since}&services=`, { agent: false, headers }, resolve);
    request.on("error", reject);
    t.after(() => request.destroy());
  });
}

/** What comes up to the first bookmark. */
async function firstBytes(response: IncomingMessage): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of response) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    const text = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
    if (text.includes("BOOKMARK")) return bytes;
  }
  throw new Error("the stream ended before its first bookmark");
}
