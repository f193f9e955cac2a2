import assert from "node:assert/strict";
import type { ReceivedSpan } from "./received-span.ts";

/** Zipkin's span, version 2 of its API. */
export interface ZipkinSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly tags?: Readonly<Record<string, string>>;
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[];
}

/** Reads the body of `POST /api/v2/spans`; throws where it breaks a rule of the published API. */
export function readZipkin(body: Buffer): readonly ReceivedSpan[] {
  return (JSON.parse(body.toString()) as readonly ZipkinSpan[]).map((span) => {
    checkZipkin(span);
    return receivedZipkin(span);
  });
}

/** In the words of the other receivers. */
export function receivedZipkin(span: ZipkinSpan): ReceivedSpan {
  return {
    traceId: span.traceId,
    spanId: span.id,
    parentId: span.parentId,
    name: span.name ?? "",
    kind: span.kind === "SERVER" || span.kind === "CLIENT" ? span.kind : "OTHER",
    service: span.localEndpoint?.serviceName ?? "",
    startUs: span.timestamp ?? 0,
    durationUs: span.duration ?? 0,
    tags: span.tags ?? {},
    events: (span.annotations ?? []).map(({ value }) => value),
  };
}

/** The rules of zipkin2-api.yaml that a JSON parser does not see. */
function checkZipkin(span: ZipkinSpan): void {
  assert.match(span.traceId, /^[a-f0-9]{16,32}$/);
  assert.match(span.id, /^[a-f0-9]{16}$/);
  if (span.parentId !== undefined) assert.match(span.parentId, /^[a-f0-9]{16}$/);
  assert.ok(["CLIENT", "SERVER", "PRODUCER", "CONSUMER", undefined].includes(span.kind), span.kind);
  for (const time of [span.timestamp, span.duration]) {
    assert.ok(time === undefined || (Number.isInteger(time) && time >= 1), `${time} microseconds`);
  }
  for (const value of Object.values(span.tags ?? {})) assert.equal(typeof value, "string");
  for (const { timestamp, value } of span.annotations ?? []) {
    assert.ok(Number.isInteger(timestamp));
    assert.equal(typeof value, "string");
  }
}
