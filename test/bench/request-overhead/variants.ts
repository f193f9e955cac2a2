import { parseResource, type Resource } from "@intramesh/config";
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createMesh, type Mesh, type ResourceSource } from "intramesh";
import CircuitBreaker from "opossum";
import pRetry from "p-retry";
import { Counter, Histogram, Registry } from "prom-client";
import { Agent, request } from "undici";

export type VariantName = "mesh-request" | "bare-request" | "mesh-fetch" | "bare-fetch" | "by-hand";
type Call = () => Promise<unknown>;

/** Each makes one call and reads its JSON. `ports` are those of the three endpoints. */
export const variants: Readonly<Record<VariantName, (ports: readonly number[]) => Promise<Call>>> = {
  async "bare-request"(ports) {
    const dispatcher = new Agent();
    const url = `http://127.0.0.1:${ports[0]}/ratings/0`;
    return async () => (await request(url, { dispatcher })).body.json();
  },
  async "mesh-request"(ports) {
    const { dispatcher } = await meshWithEverythingOn(ports);
    return async () => (await request("http://ratings:9080/ratings/0", { dispatcher })).body.json();
  },
  async "bare-fetch"(ports) {
    const url = `http://127.0.0.1:${ports[0]}/ratings/0`;
    return async () => (await fetch(url)).json();
  },
  async "mesh-fetch"(ports) {
    const mesh = await meshWithEverythingOn(ports);
    return async () => (await mesh.fetch("http://ratings:9080/ratings/0")).json();
  },
  async "by-hand"(ports) {
    return byHand(ports);
  },
};

/** 1,000 VirtualServices, least request, outlier detection written, retries armed, Istio's metrics, 1 % traced. */
async function meshWithEverythingOn(ports: readonly number[]): Promise<Mesh> {
  traceOnePercent();
  const source: ResourceSource = {
    name: "bench",
    start: (listener) =>
      listener.onUpdate({ resources: resourcesFor(ports), revision: "1", description: "bench", stale: false }),
    close: () => Promise.resolve(),
  };
  const mesh = await createMesh({ service: { name: "reviews", version: "v1" }, sources: [source] });
  await mesh.ready();
  return mesh;
}

function resourcesFor(ports: readonly number[]): Resource[] {
  const objects: object[] = [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "ratings" },
      spec: { selector: { app: "ratings" }, ports: [{ name: "http", port: 9080 }] },
    },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: { name: "ratings" },
      spec: {
        host: "ratings",
        trafficPolicy: { loadBalancer: { simple: "LEAST_REQUEST" }, outlierDetection: { consecutive5xxErrors: 5 } },
        subsets: [{ name: "v1", labels: { version: "v1" } }],
      },
    },
  ];
  for (const [at, port] of ports.entries()) {
    objects.push({
      apiVersion: "networking.istio.io/v1",
      kind: "WorkloadEntry",
      metadata: { name: `ratings-v1-${at}` },
      spec: { address: "127.0.0.1", ports: { http: port }, labels: { app: "ratings", version: "v1" } },
    });
  }
  for (let at = 0; at < 1_000; at += 1) {
    const host = at === 0 ? "ratings" : `service-${at}`;
    objects.push({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: host },
      spec: {
        hosts: [host],
        http: [
          {
            match: [{ headers: { "end-user": { exact: "jason" } } }],
            route: [{ destination: { host, subset: "v2" } }],
          },
          { route: [{ destination: { host, subset: "v1" } }], retries: { attempts: 3, retryOn: "5xx,reset" } },
        ],
      },
    });
  }
  return objects.map((object) => {
    const { resource, issues } = parseResource(object);
    if (resource === undefined) throw new Error(issues.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    return resource;
  });
}

function traceOnePercent(): void {
  const exporter = {
    export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
    shutdown: () => Promise.resolve(),
  };
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
}

/** What a careful team writes around one client: breaker, retries, span, and Istio's counter and histogram with their labels. */
function byHand(ports: readonly number[]): Call {
  traceOnePercent();
  const registry = new Registry();
  const labelNames = [
    "source_workload",
    "source_workload_namespace",
    "source_app",
    "source_version",
    "destination_workload",
    "destination_workload_namespace",
    "destination_app",
    "destination_version",
    "destination_service",
    "destination_service_name",
    "request_protocol",
    "response_code",
    "response_flags",
  ];
  const total = new Counter({ name: "requests_total", help: "requests", labelNames, registers: [registry] });
  const duration = new Histogram({
    name: "request_duration_ms",
    help: "duration",
    labelNames,
    registers: [registry],
    buckets: [1, 5, 10, 50, 100, 500, 1000, 5000],
  });
  const dispatcher = new Agent();
  const tracer = trace.getTracer("by-hand");
  let turn = 0;

  async function attempt(): Promise<unknown> {
    const url = `http://127.0.0.1:${ports[turn++ % ports.length]}/ratings/0`;
    const headers: Record<string, string> = {};
    const span = tracer.startSpan("GET ratings", { kind: SpanKind.CLIENT });
    propagation.inject(trace.setSpan(context.active(), span), headers);
    const startedAt = performance.now();
    const response = await request(url, { dispatcher, headers });
    const labels = {
      source_workload: "reviews-v1",
      source_workload_namespace: "default",
      source_app: "reviews",
      source_version: "v1",
      destination_workload: "ratings-v1",
      destination_workload_namespace: "default",
      destination_app: "ratings",
      destination_version: "v1",
      destination_service: "ratings.default.svc.cluster.local",
      destination_service_name: "ratings",
      request_protocol: "http",
      response_code: String(response.statusCode),
      response_flags: "-",
    };
    total.inc(labels);
    if (response.statusCode >= 500) {
      span.end();
      throw new Error(`ratings answered ${response.statusCode}`);
    }
    const body = await response.body.json();
    duration.observe(labels, performance.now() - startedAt);
    span.setAttribute("http.response.status_code", response.statusCode);
    span.end();
    return body;
  }

  const breaker = new CircuitBreaker(() => pRetry(attempt, { retries: 3, minTimeout: 25 }), {
    timeout: 15_000,
    volumeThreshold: 20,
    rollingPercentilesEnabled: false,
  });
  return () => breaker.fire();
}
