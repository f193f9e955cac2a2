import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { readOtlp } from "./otlp.ts";
import type { ReceivedSpan } from "./received-span.ts";
import { readZipkin } from "./zipkin.ts";

/** A small tracing backend: takes OTLP over HTTP and Zipkin's API, by their published definitions. */
export interface TraceReceiver {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  readonly otlp: readonly ReceivedSpan[];
  readonly zipkin: readonly ReceivedSpan[];
  /** What was sent here and could not be read. */
  readonly refused: readonly string[];
  close(): void;
}

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const otlp: ReceivedSpan[] = [];
  const zipkin: ReceivedSpan[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    try {
      const body = await bodyOf(request);
      if (request.url === "/v1/traces") {
        otlp.push(...readOtlp(body, request.headers["content-type"] ?? ""));
        response.setHeader("content-type", request.headers["content-type"] ?? "application/x-protobuf").end();
      } else if (request.url === "/api/v2/spans") {
        zipkin.push(...readZipkin(body));
        response.writeHead(202).end();
      } else {
        throw new Error("nobody should send anything here");
      }
    } catch (error) {
      refused.push(`${request.method} ${request.url}: ${(error as Error).message}`);
      response.writeHead(400).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    otlp,
    zipkin,
    refused,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
