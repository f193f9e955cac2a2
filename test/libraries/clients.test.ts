import assert from "node:assert/strict";
import { createServer, request as httpRequest } from "node:http";
import { type TestContext, test } from "node:test";
import axios, { type AxiosError } from "axios";
import got from "got";
import type { Mesh } from "intramesh";
import { type Echo, listen, meshWithReviews } from "./mesh-of-echoes.ts";

type Call = (mesh: Mesh, user: string) => Promise<Echo>;

const url = "http://reviews:9080/reviews/0";

/** One call by each library, as its users write it. */
const calls: Readonly<Record<string, Call>> = {
  "mesh.fetch": async (mesh, user) => {
    const response = await mesh.fetch(url, { method: "POST", headers: { "end-user": user }, body: "hello" });
    return (await response.json()) as Echo;
  },
  "axios by httpAgent": async (mesh, user) => {
    const client = axios.create({ httpAgent: mesh.agent });
    return (await client.post<Echo>(url, "hello", { headers: { "end-user": user } })).data;
  },
  "axios by its fetch adapter": async (mesh, user) => {
    const client = axios.create({ adapter: "fetch", env: { fetch: mesh.fetch } });
    return (await client.post<Echo>(url, "hello", { headers: { "end-user": user } })).data;
  },
  "got by agent.http": async (mesh, user) => {
    const client = got.extend({ agent: { http: mesh.agent } });
    return client.post(url, { body: "hello", headers: { "end-user": user } }).json<Echo>();
  },
  "http.request by agent": (mesh, user) =>
    new Promise((resolve, reject) => {
      const request = httpRequest(
        url,
        { agent: mesh.agent, method: "POST", headers: { "end-user": user } },
        async (response) => {
          let text = "";
          for await (const chunk of response) text += String(chunk);
          resolve(JSON.parse(text) as Echo);
        },
      );
      request.on("error", reject).end("hello");
    }),
};

async function versionsFor(t: TestContext, call: Call): Promise<void> {
  const mesh = await meshWithReviews(t);
  const [jason, other] = [await call(mesh, "jason"), await call(mesh, "other")];
  assert.deepEqual([jason.version, other.version], ["v2", "v1"]);
  assert.deepEqual([jason.method, jason.url, jason.body], ["POST", "/reviews/0", "hello"]);
  assert.equal(jason.headers["host"], "reviews:9080");
}

for (const [name, call] of Object.entries(calls)) {
  test(`${name} is routed`, (t) => versionsFor(t, call));
}

test("what a handler calls by axios carries the headers of the request that it handles", async (t) => {
  const mesh = await meshWithReviews(t);
  const client = axios.create({ httpAgent: mesh.agent });
  const server = createServer(
    mesh.listener(async (_request, response) => response.end((await client.get<Echo>(url)).data.version)),
  );
  const port = await listen(t, server);
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { "end-user": "jason" } });
  assert.equal(await answer.text(), "v2");
});

test("axios throws its own error for an answer that the mesh makes up, with the mesh's flags", async (t) => {
  const mesh = await meshWithReviews(t);
  const client = axios.create({ httpAgent: mesh.agent });
  const mistake = await client.get("http://127.0.0.1:1/").catch((error: unknown) => error as AxiosError);
  assert.ok(axios.isAxiosError(mistake));
  assert.equal(mistake.response?.headers["x-intramesh-response-flags"], "UF");
});

test("the timeout of axios ends a call through the mesh", async (t) => {
  const mesh = await meshWithReviews(t);
  const port = await listen(
    t,
    createServer(() => undefined),
  );
  const client = axios.create({ httpAgent: mesh.agent, timeout: 50 });
  await assert.rejects(client.get(`http://127.0.0.1:${port}/`), { code: "ECONNABORTED" });
});
