import { createRequire } from "node:module";
import { MeshError } from "@intramesh/core";
import { otelApi } from "../tracing/otel-api.ts";
import { sdkRegistered } from "../tracing/sdk-state.ts";

/** The process as its traces' resource describes it. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` win. */
export interface TracingOptions {
  readonly service: {
    /** `service.name` */
    readonly name: string;
    /** `service.namespace` */
    readonly namespace: string;
    /** `service.version` */
    readonly version: string;
    /** `service.instance.id` */
    readonly instance: string;
  };
  /** Instrumentations of the program's libraries; none. The mesh needs none for HTTP. */
  readonly instrumentations?: Configuration["instrumentations"];
}

/** A running SDK. */
export interface Tracing {
  /** Hands out the spans that are left and ends the SDK. Where its backend is silent the SDK's own timeouts end it. */
  close(): Promise<void>;
}

/**
 * Starts OpenTelemetry's SDK for Node, set up by its own environment variables: `OTEL_TRACES_EXPORTER` (`otlp`, `zipkin`,
 * `console`, `none`), `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_EXPORTER_ZIPKIN_ENDPOINT`, `OTEL_TRACES_SAMPLER`,
 * `OTEL_PROPAGATORS` and the rest. Metrics and logs stay off unless `OTEL_METRICS_EXPORTER` or `OTEL_LOGS_EXPORTER` ask for
 * them. Where an SDK is registered already that one stays, and closing does nothing to it.
 *
 * Loads `@opentelemetry/sdk-node`, some 900 modules, here and nowhere else. Throws MESH_BAD_OPTION where that is not installed.
 */
export function startTracing({ service, instrumentations = [] }: TracingOptions): Tracing {
  if (sdkRegistered()) return { close: () => Promise.resolve() };
  const { NodeSDK, resources } = loadSdk();
  const { defaultResource, resourceFromAttributes } = resources;
  const sdk = new NodeSDK({
    resource: defaultResource().merge(
      resourceFromAttributes({
        "service.name": service.name,
        "service.namespace": service.namespace,
        "service.version": service.version,
        "service.instance.id": service.instance,
      }),
    ),
    instrumentations,
    ...(isSet("OTEL_NODE_RESOURCE_DETECTORS") ? {} : { resourceDetectors: detectorsOf(resources) }),
    ...(isSet("OTEL_METRICS_EXPORTER") ? {} : { metricReaders: [] }),
    ...(isSet("OTEL_LOGS_EXPORTER") ? {} : { logRecordProcessors: [] }),
  });
  sdk.start();
  return {
    async close() {
      await sdk.shutdown();
      // So that another mesh of this process can start tracing again.
      otelApi().trace.disable();
      otelApi().context.disable();
      otelApi().propagation.disable();
    },
  };
}

// Not an import: without tracing nothing of the SDK is loaded.
type NodeSdk = typeof import("@opentelemetry/sdk-node");
type Configuration = import("@opentelemetry/sdk-node").NodeSDKConfiguration;

type Resource = NonNullable<Configuration["resource"]>;
type Detectors = NonNullable<Configuration["resourceDetectors"]>;

/** What is used of `@opentelemetry/resources`, which comes with the SDK. */
interface Resources {
  readonly defaultResource: () => Resource;
  readonly resourceFromAttributes: (attributes: Readonly<Record<string, string>>) => Resource;
  readonly envDetector: Detectors[number];
  readonly hostDetector: Detectors[number];
  readonly osDetector: Detectors[number];
  readonly processDetector: Detectors[number];
}

/** The SDK's own, but for the one that would give the instance another id; the environment has the last word. */
function detectorsOf({ processDetector, hostDetector, osDetector, envDetector }: Resources): Detectors {
  return [processDetector, hostDetector, osDetector, envDetector];
}

function loadSdk(): {
  readonly NodeSDK: NodeSdk["NodeSDK"];
  readonly resources: Resources;
} {
  const require = createRequire(import.meta.url);
  let path: string;
  try {
    path = require.resolve("@opentelemetry/sdk-node");
  } catch (cause) {
    throw new MeshError(
      "MESH_BAD_OPTION",
      "tracing needs the package @opentelemetry/sdk-node, which is not installed: npm install @opentelemetry/sdk-node",
      { cause },
    );
  }
  // What these packages export under those names.
  const { NodeSDK } = require(path) as NodeSdk;
  return { NodeSDK, resources: createRequire(path)("@opentelemetry/resources") as Resources };
}

function isSet(variable: string): boolean {
  return (process.env[variable] ?? "") !== "";
}
