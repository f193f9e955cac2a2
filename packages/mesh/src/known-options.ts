import { MeshError } from "@intramesh/core";
import type { MeshOptions } from "./options.ts";

const meshOptions: Readonly<Record<keyof MeshOptions, true>> = {
  service: true,
  registry: true,
  token: true,
  subscribe: true,
  sources: true,
  dnsServers: true,
  propagate: true,
  outboundTrafficPolicy: true,
  metricsPath: true,
  metricsRegistry: true,
  metricsSeriesLimit: true,
  processMetrics: true,
  throwOnMeshFailure: true,
  stateDirectory: true,
  replayLimitBytes: true,
  bodyIdleTimeoutMs: true,
  drainDelayMs: true,
  drainTimeoutMs: true,
  handleSignals: true,
  logger: true,
  logLevel: true,
  slowRequestMs: true,
  adminPort: true,
  explain: true,
  tracing: true,
  accessLog: true,
  accessLogFormat: true,
  accessLogEncoding: true,
  system: true,
};

const serviceOptions: Readonly<Record<keyof NonNullable<MeshOptions["service"]>, true>> = {
  name: true,
  namespace: true,
  version: true,
  port: true,
  targetPort: true,
  address: true,
  labels: true,
  locality: true,
  weight: true,
  instance: true,
  healthCheck: true,
};

/** Throws MESH_BAD_OPTION with every option that there is not: the compiler tells TypeScript of them, and nobody JavaScript. */
export function refuseUnknownOptions(options: MeshOptions): void {
  const unknown = [
    ...unknownOf(options, meshOptions).map((name) => `${name} (known are ${Object.keys(meshOptions).join(", ")})`),
    ...unknownOf(options.service ?? {}, serviceOptions).map(
      (name) => `service.${name} (known are ${Object.keys(serviceOptions).join(", ")})`,
    ),
  ];
  if (unknown.length === 0) return;
  throw new MeshError("MESH_BAD_OPTION", `there is no option ${unknown.join("; nor ")}`);
}

/** An option that is written and undefined is no option: programs spread what they may have. */
function unknownOf(given: object, known: object): readonly string[] {
  return Object.entries(given).flatMap(([name, value]) =>
    value === undefined || Object.hasOwn(known, name) ? [] : [name],
  );
}
