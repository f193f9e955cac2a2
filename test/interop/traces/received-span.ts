/** A span as a receiver understood it, whatever it came by. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first of its trace. */
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: "CLIENT" | "SERVER" | "OTHER";
  /** `service.name` of the resource, Zipkin's local endpoint. */
  readonly service: string;
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** Names of its events, in order. */
  readonly events: readonly string[];
}

/** A span and what happened for it, ordered by service. */
export interface SpanTree {
  readonly service: string;
  readonly kind: ReceivedSpan["kind"];
  readonly children: readonly SpanTree[];
}

/** Tree of one trace. Throws where a span has no place in it, or where there are several roots. */
export function treeOf(spans: readonly ReceivedSpan[]): SpanTree {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentId }) => parentId === undefined || !ids.has(parentId));
  if (roots.length !== 1 || roots[0]!.parentId !== undefined) {
    throw new Error(`a trace has one span without parent, this one has ${JSON.stringify(roots, undefined, 1)}`);
  }
  return branch(roots[0]!, spans);
}

function branch({ spanId, service, kind }: ReceivedSpan, spans: readonly ReceivedSpan[]): SpanTree {
  const children = spans.filter(({ parentId }) => parentId === spanId).map((child) => branch(child, spans));
  children.sort((some, other) => JSON.stringify(some).localeCompare(JSON.stringify(other)));
  return { service, kind, children };
}

/** The spans of each trace. */
export function tracesOf(spans: readonly ReceivedSpan[]): readonly (readonly ReceivedSpan[])[] {
  const ids = new Set(spans.map(({ traceId }) => traceId));
  return [...ids].map((id) => spans.filter(({ traceId }) => traceId === id));
}
