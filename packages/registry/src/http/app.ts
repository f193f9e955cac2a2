import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { kubernetesProtobuf, objectFromProtobuf } from "../kube/protobuf/object-from-protobuf.ts";
import type { Logger } from "../logger.ts";
import { StoreFailure } from "../store/store.ts";
import type { CurrentToken } from "../token-file.ts";
import { firstOfEach } from "./first-of-each.ts";
import { guardHosts } from "./guard-hosts.ts";
import { guardWrites } from "./guard-writes.ts";
import { refuseOtherMethods } from "./refuse-other-methods.ts";
import { ApiError, noSuchPath, type Status, unavailable } from "./status.ts";

/** Largest body, the size of Kubernetes' own limit for a request. */
const maxBodyBytes = 3 * 1024 * 1024;

/** A watch names the services whose instances it resumes with; Node's own limit is a quarter of it. */
const maxHeadBytes = 64 * 1024;

/** A request has to be here, whole, within this time, however slowly it drips in. */
const requestTimeoutMs = 30_000;

/** Its head within this one. Node exchanges the two where this one, 60 s unless given, is the longer. */
const headTimeoutMs = 10_000;

/** How often requests that are under way are held against these. */
const timeoutCheckMs = 2_500;

/** How soon a client should try again when the disk does not take a write. */
const retryAfterSeconds = 5;

/** Counts answers by their status code. */
export type RequestCounter = Map<number, number>;

export interface AppOptions {
  /** Demanded of writes; undefined: none. */
  readonly token: CurrentToken | undefined;
  readonly logger: Logger;
}

/** The web server, before its routes are added. */
export interface App {
  readonly app: FastifyInstance;
  readonly requests: RequestCounter;
  /** Called when all routes are there: other methods of their paths are answered with 405. */
  readonly refuseOtherMethods: () => void;
}

/** The web server without its routes: bodies as text, errors as Kubernetes' Status. */
export function createApp(options: AppOptions): App {
  const app = Fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    // A HEAD of a watch would be a watch that says nothing.
    exposeHeadRoutes: false,
    requestTimeout: requestTimeoutMs,
    http: { maxHeaderSize: maxHeadBytes, headersTimeout: headTimeoutMs, connectionsCheckingInterval: timeoutCheckMs },
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 300, querystringParser: firstOfEach },
    frameworkErrors: (error, _request, reply) => sendStatus(reply, asApiError(error)),
  });
  const requests: RequestCounter = new Map();
  // A body may come under any type, or none: what it must be is the route's business.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addContentTypeParser(kubernetesProtobuf, { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, objectFromProtobuf(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  if (options.token === undefined) app.addHook("onRequest", guardHosts);
  app.addHook("onRequest", guardWrites(options.token));
  app.addHook("onRequest", async (request) => {
    // Before the body is read: kubectl's may be of a form that only known paths take.
    if (request.is404) throw noSuchPath();
  });
  app.addHook("onResponse", async (_request, reply) => {
    requests.set(reply.statusCode, (requests.get(reply.statusCode) ?? 0) + 1);
  });
  app.setNotFoundHandler((_request, reply) => sendStatus(reply, noSuchPath()));
  app.setErrorHandler((error: FastifyError | Error, request, reply) => {
    const answer = asApiError(error);
    if (answer.status.code >= 500) options.logger.error(`${request.method} ${request.url}: ${causeOf(error)}`);
    return sendStatus(reply, answer);
  });
  return { app, requests, refuseOtherMethods: refuseOtherMethods(app) };
}

/** The body of a request as it came; empty where there is none. */
export function bodyOf(request: FastifyRequest): string {
  return typeof request.body === "string" ? request.body : "";
}

/** Answers with JSON that is text already. */
export function sendJson(reply: FastifyReply, code: number, json: string): FastifyReply {
  return reply.code(code).header("content-type", "application/json").send(json);
}

function sendStatus(reply: FastifyReply, { status }: ApiError): FastifyReply {
  const seconds = status.details?.retryAfterSeconds;
  if (seconds !== undefined) reply.header("retry-after", String(seconds));
  if (status.code === 401) reply.header("www-authenticate", 'Bearer realm="intramesh"');
  return sendJson(reply, status.code, JSON.stringify(status satisfies Status));
}

function asApiError(error: FastifyError | Error): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof StoreFailure) return unavailable(error.message, retryAfterSeconds);
  const { code, statusCode } = error as FastifyError;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    const message = `the body is larger than ${maxBodyBytes} bytes, the limit of this registry`;
    return new ApiError(413, "RequestEntityTooLarge", message);
  }
  if (statusCode !== undefined && statusCode < 500) return new ApiError(statusCode, "BadRequest", error.message);
  return new ApiError(500, "InternalError", `the registry failed at this request: ${error.message}`);
}

function causeOf(error: Error): string {
  return error instanceof StoreFailure || error instanceof ApiError ? error.message : (error.stack ?? error.message);
}
