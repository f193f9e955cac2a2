import protobuf from "protobufjs";
import type { ReceivedSpan } from "./received-span.ts";

/*
 * The part of opentelemetry-proto 1 that a tracing backend reads (trace.proto, resource.proto, common.proto): field
 * numbers and types as published. Fields that are left out here are skipped by the decoder, as protobuf has it.
 */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { InstrumentationScope scope = 1; repeated Span spans = 2; }
  message InstrumentationScope { string name = 1; string version = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
    int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; repeated Event events = 11;
  }
  message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; }
  }
`);
const requestType = root.lookupType("ExportTraceServiceRequest");

interface KeyValue {
  readonly key: string;
  readonly value?: Readonly<Record<string, unknown>>;
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly { readonly name: string }[];
}

interface ExportRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly OtlpSpan[] }[];
  }[];
}

/** Reads the body of an OTLP/HTTP export, binary or JSON; the two differ in how they write ids. */
export function readOtlp(body: Buffer, contentType: string): readonly ReceivedSpan[] {
  if (contentType.startsWith("application/json")) return spansOf(JSON.parse(body.toString()) as ExportRequest);
  const message = requestType.decode(body);
  const plain = requestType.toObject(message, { longs: String, bytes: String, arrays: true, defaults: false });
  return spansOf(plain as ExportRequest, (id) => Buffer.from(id, "base64").toString("hex"));
}

function spansOf(request: ExportRequest, hex: (id: string) => string = (id) => id): readonly ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const service = tagsOf(resource?.attributes)["service.name"] ?? "";
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => received(span, service, hex)));
  });
}

function received(span: OtlpSpan, service: string, hex: (id: string) => string): ReceivedSpan {
  const parent = hex(span.parentSpanId ?? "");
  const start = BigInt(span.startTimeUnixNano);
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentId: parent === "" ? undefined : parent,
    name: span.name,
    // SPAN_KIND_SERVER and SPAN_KIND_CLIENT
    kind: span.kind === 2 ? "SERVER" : span.kind === 3 ? "CLIENT" : "OTHER",
    service,
    startUs: Number(start / 1_000n),
    durationUs: Number((BigInt(span.endTimeUnixNano) - start) / 1_000n),
    tags: tagsOf(span.attributes),
    events: (span.events ?? []).map(({ name }) => name),
  };
}

function tagsOf(attributes: readonly KeyValue[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(attributes.map(({ key, value = {} }) => [key, String(Object.values(value)[0])]));
}
