import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Dispatcher } from "undici";

/** They are about one connection, and undici's own business on the next. */
const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Sends a request on by `dispatcher`, and what comes back to the client. */
export function answerRequest(
  dispatcher: Dispatcher,
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  let controller: Dispatcher.DispatchController | undefined;
  response.on("drain", () => controller?.resume());
  response.on("close", () => {
    if (!response.writableFinished) controller?.abort(new Error("the client closed its request"));
  });
  const options = {
    origin,
    path: request.url!,
    method: request.method as Dispatcher.HttpMethod,
    headers: endToEnd(request.rawHeaders),
    body: hasBody(request) ? request : null,
  };
  dispatcher.dispatch(options, {
    onRequestStart(started) {
      controller = started;
    },
    onResponseStart({ rawHeaders }, status, headers) {
      response.sendDate = false;
      // Text lines as they came: names with their case, each of several of one name.
      response.writeHead(status, endToEnd(textLines(rawHeaders, headers)));
      response.flushHeaders();
    },
    onResponseData(_controller, chunk) {
      if (!response.write(chunk)) controller?.pause();
    },
    onResponseEnd(_controller, trailers) {
      if (Object.keys(trailers).length > 0) response.addTrailers(trailers as Record<string, string>);
      response.end();
    },
    onResponseError(_controller, error) {
      request.socket.destroy(error);
    },
  });
}

/** The same for a request that wants to go over to another protocol. */
export function answerUpgrade(
  dispatcher: Dispatcher,
  origin: string,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const options = {
    origin,
    path: request.url!,
    method: request.method as Dispatcher.HttpMethod,
    headers: endToEnd(request.rawHeaders),
    body: null,
    upgrade: request.headers.upgrade!,
  };
  // An error closes it, and its end hears of that.
  socket.on("error", () => {});
  dispatcher.dispatch(options, {
    onRequestStart(controller) {
      socket.once("close", () => controller.abort(new Error("the client closed its request")));
    },
    onRequestUpgrade({ rawHeaders }, status, headers, upstream) {
      socket.write(headOf(status, textLines(rawHeaders, headers)));
      if (head.length > 0) upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
      upstream.on("error", (error: Error) => socket.destroy(error));
      socket.once("close", () => upstream.destroy());
    },
    onResponseStart({ rawHeaders }, status, headers) {
      const lines = [...endToEnd(textLines(rawHeaders, headers)), "connection", "close"];
      socket.write(headOf(status, lines));
    },
    onResponseData(_controller, chunk) {
      socket.write(chunk);
    },
    onResponseEnd() {
      socket.end();
    },
    onResponseError(_controller, error) {
      socket.destroy(error);
    },
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** Names and values in turn. */
function endToEnd(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    if (!hopByHop.has(lines[at]!.toLowerCase())) kept.push(lines[at]!, lines[at + 1]!);
  }
  return kept;
}

type RawHeaders = Dispatcher.DispatchController["rawHeaders"];

function textLines(raw: RawHeaders, parsed: Readonly<Record<string, string | string[] | undefined>>): string[] {
  if (Array.isArray(raw)) return raw.map((text) => (typeof text === "string" ? text : text.toString("latin1")));
  return Object.entries(parsed).flatMap(([name, value]) => [value ?? []].flat().flatMap((line) => [name, line]));
}

function headOf(status: number, lines: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n`;
  for (let at = 0; at < lines.length; at += 2) head += `${lines[at]}: ${lines[at + 1]}\r\n`;
  return `${head}\r\n`;
}
