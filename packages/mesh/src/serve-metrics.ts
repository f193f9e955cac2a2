import type { IncomingMessage, ServerResponse } from "node:http";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { MetricsText } from "@intramesh/telemetry";

const compress = promisify(gzip);

/** Answers a scrape. Lines repeat their labels: compressed, the page is a twentieth, and a fast pass finds most of that. */
export function serveMetrics(request: IncomingMessage, response: ServerResponse, page: Promise<MetricsText>): void {
  send(request, response, page).catch((error: Error) => {
    response.statusCode = 500;
    response.end(`the metrics cannot be read: ${error.message}\n`);
  });
}

async function send(request: IncomingMessage, response: ServerResponse, page: Promise<MetricsText>): Promise<void> {
  const { text, contentType } = await page;
  const isCompressed = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  const body = isCompressed ? await compress(text, { level: constants.Z_BEST_SPEED }) : text;
  response.setHeader("content-type", contentType);
  if (isCompressed) response.setHeader("content-encoding", "gzip");
  response.end(body);
}
