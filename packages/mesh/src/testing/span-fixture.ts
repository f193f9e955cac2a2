import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, propagation, SpanKind, type TextMapPropagator, TraceFlags, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type ReadableSpan, type SpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Mesh } from "../mesh.ts";
import type { Fixture } from "./mesh-fixture.ts";

/** An SDK that keeps its spans, registered for one test file. */
export interface SpanFixture {
  finished(): readonly ReadableSpan[];
  /** Resolves when that many spans of the kind have ended: a server's ends after its caller has the answer. */
  ended(kind: SpanKind, count: number): Promise<readonly ReadableSpan[]>;
  /** The first span of the kind that ends; throws where there are several by then. */
  only(kind: SpanKind): Promise<ReadableSpan>;
  forget(): void;
  unregister(): void;
}

export function registerSdk(propagator?: TextMapPropagator): SpanFixture {
  let spans: ReadableSpan[] = [];
  const news = new EventEmitter();
  const processor: SpanProcessor = {
    onStart: () => undefined,
    onEnd(span) {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      spans.push(span);
      news.emit("span");
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [processor] }));
  if (propagator !== undefined) propagation.setGlobalPropagator(propagator);

  async function ended(kind: SpanKind, count: number): Promise<readonly ReadableSpan[]> {
    for (;;) {
      const found = spans.filter((span) => span.kind === kind);
      if (found.length >= count) return found;
      await once(news, "span");
    }
  }

  return {
    finished: () => spans,
    ended,
    async only(kind) {
      const [span, ...others] = await ended(kind, 1);
      if (others.length > 0) throw new Error(`${others.length + 1} spans of kind ${SpanKind[kind]}`);
      return span!;
    },
    forget() {
      spans = [];
    },
    unregister() {
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

/** A meshed server that answers with what `backend` said to `call`, by default a GET through the mesh. */
export async function startFrontend(
  fixture: Fixture,
  mesh: Mesh,
  call: (path: string) => Promise<Response> = (path) => mesh.fetch(`http://backend${path}`),
): Promise<string> {
  const server = createServer(
    mesh.listener(async (request, response) => {
      const answer = await call(request.url ?? "/");
      response.statusCode = answer.status;
      response.end(await answer.text());
    }),
  );
  fixture.onServer(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
