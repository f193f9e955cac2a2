import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { getRequestListener, serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import type { Mesh } from "intramesh";
import Koa from "koa";
import { type Echo, listen, meshWithReviews } from "./mesh-of-echoes.ts";

/** Starts a server whose `/` answers with the version of reviews that it was given; returns its port. */
type Serve = (t: TestContext, mesh: Mesh, versionOfReviews: () => Promise<string>) => Promise<number>;

const serveExpress: Serve = (t, mesh, versionOfReviews) => {
  const app = express();
  app.use(mesh.middleware());
  app.use(express.json());
  app.get("/", async (_request, response) => void response.send(await versionOfReviews()));
  return listen(t, createServer(app));
};

const serveExpressByListener: Serve = (t, mesh, versionOfReviews) => {
  const app = express();
  app.get("/", async (_request, response) => void response.send(await versionOfReviews()));
  return listen(t, createServer(mesh.listener(app)));
};

const serveFastify: Serve = async (t, mesh, versionOfReviews) => {
  const app = fastify({ serverFactory: (handler) => createServer(mesh.listener(handler)) });
  app.get("/", versionOfReviews);
  await app.listen({ port: 0, host: "127.0.0.1" });
  t.after(() => app.close());
  return (app.server.address() as AddressInfo).port;
};

const serveFastifyByHook: Serve = async (t, mesh, versionOfReviews) => {
  const app = fastify();
  const enter = mesh.middleware();
  app.addHook("onRequest", (request, reply, done) => enter(request.raw, reply.raw, () => done()));
  app.get("/", versionOfReviews);
  await app.listen({ port: 0, host: "127.0.0.1" });
  t.after(() => app.close());
  return (app.server.address() as AddressInfo).port;
};

const serveKoa: Serve = (t, mesh, versionOfReviews) => {
  const app = new Koa();
  app.use(async (context) => {
    context.body = await versionOfReviews();
  });
  return listen(t, createServer(mesh.listener(app.callback())));
};

const serveHono: Serve = async (t, mesh, versionOfReviews) => {
  const app = new Hono();
  app.get("/", async (context) => context.text(await versionOfReviews()));
  const server = serve({
    fetch: app.fetch,
    hostname: "127.0.0.1",
    port: 0,
    createServer: ((options: ServerOptions, handler: RequestListener) =>
      createServer(options, mesh.listener(handler))) as typeof createServer,
  }) as Server;
  t.after(() => server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const serveHonoByListener: Serve = (t, mesh, versionOfReviews) => {
  const app = new Hono();
  app.get("/", async (context) => context.text(await versionOfReviews()));
  return listen(t, createServer(mesh.listener(getRequestListener(app.fetch))));
};

const frameworks: Readonly<Record<string, Serve>> = {
  "Express by middleware": serveExpress,
  "Express by listener": serveExpressByListener,
  "Fastify by serverFactory": serveFastify,
  "Fastify by hook": serveFastifyByHook,
  "Koa by listener": serveKoa,
  "Hono by createServer": serveHono,
  "Hono by listener": serveHonoByListener,
};

for (const [name, serve] of Object.entries(frameworks)) {
  test(`${name}: handlers call on behalf of their request, metrics count it and are served`, async (t) => {
    const mesh = await meshWithReviews(t);
    const versionOfReviews = async (): Promise<string> => {
      const response = await mesh.fetch("http://reviews:9080/");
      return ((await response.json()) as Echo).version;
    };
    const url = `http://127.0.0.1:${await serve(t, mesh, versionOfReviews)}`;
    const users = ["jason", "other", "jason", "other"];
    const versions = users.map(async (user) => (await fetch(url, { headers: { "end-user": user } })).text());
    assert.deepEqual(await Promise.all(versions), ["v2", "v1", "v2", "v1"]);
    const page = await (await fetch(`${url}/metrics`)).text();
    assert.match(page, /istio_requests_total\{[^}]*reporter="destination"[^}]*response_code="200"[^}]*\} 4/);
  });

  test(`${name}: mesh.close() stops the server once the running request has been answered`, async (t) => {
    const mesh = await meshWithReviews(t);
    const handling = new EventEmitter();
    const port = await serve(t, mesh, async () => {
      handling.emit("arrived");
      const [version] = (await once(handling, "release")) as [string];
      return version;
    });
    const url = `http://127.0.0.1:${port}`;
    const arrived = once(handling, "arrived");
    const answer = fetch(url);
    await arrived;
    const closed = mesh.close();
    handling.emit("release", "late");
    assert.equal(await (await answer).text(), "late");
    await closed;
    await assert.rejects(fetch(url));
  });
}
