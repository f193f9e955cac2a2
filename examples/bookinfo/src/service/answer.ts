import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** What a service says to a request: JSON, unless it is text of another type. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as Bookinfo's services look at it. */
export interface Question {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly request: IncomingMessage;
}

/** A handler for `node:http` out of a function from question to answer. What it throws becomes a 500. */
export function answering(answer: (question: Question) => Answer | Promise<Answer>): RequestListener {
  return async (request, response) => {
    const { method = "GET", url = "/" } = request;
    const [path = "/"] = url.split("?", 1);
    try {
      send(response, await answer({ method, path, request }));
    } catch (error) {
      console.error(error);
      send(response, failure(500, "something went wrong here"));
    }
  };
}

/** Status 200. */
export function json(body: unknown): Answer {
  return { status: 200, body };
}

/** The form in which all of Bookinfo says that something is wrong. */
export function failure(status: number, error: string): Answer {
  return { status, body: { error } };
}

/** For what a service does not know; names method and path. */
export function notFound({ method, path }: Question): Answer {
  return failure(404, `there is nothing at ${method} ${path}`);
}

/** The number at the end of `/ratings/7`; undefined where the path is another one. */
export function idAfter(prefix: string, path: string): number | undefined {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : "";
  return /^\d{1,9}$/.test(rest) ? Number(rest) : undefined;
}

function send(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  const isJson = headers["content-type"] === undefined;
  response.writeHead(status, { ...(isJson ? { "content-type": "application/json" } : {}), ...headers });
  response.end(isJson ? JSON.stringify(body) : String(body));
}
