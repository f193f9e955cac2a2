import { apiVersionOf, findKind, instanceMarks, type KindInfo, type Resource } from "@intramesh/config";
import type { HealthCheck, InstanceRegistration } from "@intramesh/discovery";
import { checkHealthCheck } from "../health-checks/parse-health-check.ts";
import { defaultTtlSeconds } from "./parse-registration.ts";

/** The kind that instances are kept as. */
export const workloadEntryKind: KindInfo = findKind("WorkloadEntry")!;

/** Annotations by which the registry remembers an instance's lease over a restart. */
const leaseMarks = {
  /** The instance's id: the WorkloadEntry's name differs from it where two services use the same id. */
  instance: "intramesh.io/instance",
  /** Length of the lease, seconds. */
  ttlSeconds: "intramesh.io/lease-seconds",
  /** The process that holds it. */
  session: "intramesh.io/session",
  /** Processes that held it before, newest first, comma-separated; they may not come back. */
  formerSessions: "intramesh.io/former-sessions",
  /** Since when an operator keeps the instance out of service, ISO 8601; absent while it is in service. */
  drained: "intramesh.io/drained",
  /** JSON of the instance's health check. */
  healthCheck: "intramesh.io/health-check",
} as const;

/** What a WorkloadEntry says of the instance behind it. */
export interface InstanceFacts {
  readonly service: string;
  readonly instance: string;
  readonly ttlSeconds: number;
  readonly session: string | undefined;
  readonly formerSessions: readonly string[];
  readonly drainedSince: string | undefined;
}

/** Where an instance belongs. */
export interface InstanceAddress {
  readonly namespace: string;
  readonly service: string;
  readonly instance: string;
}

interface WorkloadEntrySpec {
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
}

/** Reads the facts back; undefined for a WorkloadEntry that is no instance. */
export function instanceFacts(resource: Resource): InstanceFacts | undefined {
  const annotations = resource.metadata.annotations ?? {};
  const service = annotations[instanceMarks.service];
  const instance = annotations[leaseMarks.instance];
  if (service === undefined || instance === undefined) return undefined;
  return {
    service,
    instance,
    ttlSeconds: Number(annotations[leaseMarks.ttlSeconds] ?? defaultTtlSeconds),
    session: annotations[leaseMarks.session],
    formerSessions: annotations[leaseMarks.formerSessions]?.split(",") ?? [],
    drainedSince: annotations[leaseMarks.drained],
  };
}

/** True where an operator keeps the instance out of service. */
export function isDrained(resource: Resource): boolean {
  return resource.metadata.annotations?.[leaseMarks.drained] !== undefined;
}

/** The WorkloadEntry out of service `since` then; in service where that is undefined. */
export function withDrain(resource: Resource, since: string | undefined): Resource {
  const { [leaseMarks.drained]: _, ...annotations } = resource.metadata.annotations ?? {};
  const mark = since === undefined ? {} : { [leaseMarks.drained]: since };
  return { ...resource, metadata: { ...resource.metadata, annotations: { ...annotations, ...mark } } };
}

/** The service of an instance, for whoever watches one service only. */
export function serviceOf(resource: Resource): string | undefined {
  return resource.metadata.annotations?.[instanceMarks.service];
}

/** The WorkloadEntry that stands for an instance, without managed metadata. */
export function workloadEntryOf(
  at: InstanceAddress,
  name: string,
  registration: InstanceRegistration,
  formerSessions: readonly string[],
): Resource {
  const { address, ports, servicePorts, locality, weight, serviceAccount, session, healthCheck } = registration;
  const labels = { [instanceMarks.appLabel]: at.service, ...registration.labels };
  const spec: WorkloadEntrySpec = {
    address,
    ports,
    labels,
    ...(locality === undefined ? {} : { locality }),
    ...(weight === undefined ? {} : { weight }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
  };
  const annotations: Record<string, string> = {
    [instanceMarks.service]: at.service,
    [leaseMarks.instance]: at.instance,
    [leaseMarks.ttlSeconds]: String(registration.ttlSeconds ?? defaultTtlSeconds),
  };
  if (servicePorts !== undefined) annotations[instanceMarks.servicePorts] = JSON.stringify(servicePorts);
  if (session !== undefined) annotations[leaseMarks.session] = session;
  if (healthCheck !== undefined) annotations[leaseMarks.healthCheck] = JSON.stringify(healthCheck);
  if (formerSessions.length > 0) annotations[leaseMarks.formerSessions] = formerSessions.join(",");
  return {
    apiVersion: apiVersionOf(workloadEntryKind),
    kind: workloadEntryKind.kind,
    metadata: { name, namespace: at.namespace, labels, annotations },
    spec,
  };
}

/** The registration that a WorkloadEntry was made from. */
export function registrationOf(resource: Resource): InstanceRegistration {
  // The registry wrote this spec itself, or has checked it as a WorkloadEntry.
  const { address, ports, labels, locality, weight, serviceAccount } = resource.spec as WorkloadEntrySpec;
  const annotations = resource.metadata.annotations ?? {};
  const servicePorts = annotations[instanceMarks.servicePorts];
  const session = annotations[leaseMarks.session];
  const healthCheck = healthCheckIn(annotations[leaseMarks.healthCheck]);
  return {
    address,
    ports: ports ?? {},
    ...(servicePorts === undefined ? {} : { servicePorts: JSON.parse(servicePorts) as Record<string, number> }),
    labels: labels ?? {},
    ...(locality === undefined ? {} : { locality }),
    ...(weight === undefined ? {} : { weight }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ttlSeconds: Number(annotations[leaseMarks.ttlSeconds] ?? defaultTtlSeconds),
    ...(session === undefined ? {} : { session }),
    ...(healthCheck === undefined ? {} : { healthCheck }),
  };
}

/** The annotation can be changed through the Kubernetes API: what is no health check there is none. */
function healthCheckIn(annotation: string | undefined): HealthCheck | undefined {
  if (annotation === undefined) return undefined;
  try {
    const check: unknown = JSON.parse(annotation);
    return checkHealthCheck("healthCheck", check).length === 0 ? (check as HealthCheck) : undefined;
  } catch {
    return undefined;
  }
}
