import { randomBytes } from "node:crypto";
import type { Labels } from "@intramesh/core";
import type { HealthCheck } from "@intramesh/discovery";
import { bad, isDnsLabel, label, listFrom, portNumber, seconds, wholeNumber } from "./option-values.ts";
import { type ProgramPackage, programPackage } from "./system/program-package.ts";

/** Who this process is. */
export interface ServiceOptions {
  /** A DNS label; the name in the program's package.json, else `unknown`. `INTRAMESH_SERVICE` */
  readonly name?: string;
  /** `default`. `INTRAMESH_NAMESPACE` */
  readonly namespace?: string;
  /** The label `version`; where the name comes from package.json its version, too, else `v1`. `INTRAMESH_VERSION` */
  readonly version?: string;
  /** Port by which callers know the service, a Service's `port`. Without one the process only calls. `INTRAMESH_PORT` */
  readonly port?: number;
  /** Port on which this process listens, where it is another one. `INTRAMESH_TARGET_PORT` */
  readonly targetPort?: number;
  /** Address under which callers reach this process; `127.0.0.1`. `INTRAMESH_ADDRESS` */
  readonly address?: string;
  /** Beside `app` and `version`. `INTRAMESH_LABELS`, as `key=value,key=value` */
  readonly labels?: Labels;
  /** `region/zone/subzone`. `INTRAMESH_LOCALITY` */
  readonly locality?: string;
  /** Share of the load against other instances; 1. `INTRAMESH_WEIGHT` */
  readonly weight?: number;
  /** Unique among the service's instances; made up where it is not given. `INTRAMESH_INSTANCE` */
  readonly instance?: string;
  /**
   * How the registry finds out whether this process is well; not at all where it is left out. `INTRAMESH_HEALTH_PATH`,
   * and with it `INTRAMESH_HEALTH_INTERVAL_SECONDS`, `INTRAMESH_HEALTH_TIMEOUT_SECONDS`,
   * `INTRAMESH_HEALTH_UNHEALTHY_THRESHOLD`, `INTRAMESH_HEALTH_HEALTHY_THRESHOLD`
   */
  readonly healthCheck?: HealthCheck;
}

/** Who this process is, without anything left open. */
export interface ResolvedService {
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
  readonly port: number | undefined;
  /** Undefined: `port`, or where the first server listens under `intramesh/register`. */
  readonly targetPort: number | undefined;
  readonly address: string;
  readonly labels: Labels;
  readonly locality: string;
  readonly weight: number;
  readonly instance: string;
  readonly healthCheck: HealthCheck | undefined;
}

/**
 * Fills in defaults and environment variables; throws MESH_BAD_OPTION naming the option, its value and the rule. `program`
 * is asked where nothing says what the service is called.
 */
export function resolveService(
  service: ServiceOptions,
  env: NodeJS.ProcessEnv,
  program: (env: NodeJS.ProcessEnv) => ProgramPackage | undefined = programPackage,
): ResolvedService {
  const given = service.name ?? env["INTRAMESH_SERVICE"];
  const found = given === undefined ? serviceOf(program(env)) : undefined;
  const name = label("service.name", given ?? found?.name ?? "unknown");
  const version = service.version ?? env["INTRAMESH_VERSION"] ?? found?.version ?? "v1";
  return {
    name,
    namespace: label("service.namespace", service.namespace ?? env["INTRAMESH_NAMESPACE"] ?? "default"),
    version,
    port: portNumber("service.port", service.port ?? env["INTRAMESH_PORT"]),
    targetPort: portNumber("service.targetPort", service.targetPort ?? env["INTRAMESH_TARGET_PORT"]),
    address: service.address ?? env["INTRAMESH_ADDRESS"] ?? "127.0.0.1",
    labels: service.labels ?? labelsFrom(env["INTRAMESH_LABELS"]),
    locality: service.locality ?? env["INTRAMESH_LOCALITY"] ?? "",
    weight: wholeNumber("service.weight", service.weight ?? env["INTRAMESH_WEIGHT"], "") ?? 1,
    instance: label("service.instance", service.instance ?? env["INTRAMESH_INSTANCE"] ?? instanceId(name, version)),
    healthCheck: service.healthCheck ?? healthCheckFrom(env),
  };
}

/** Characters of a label's value. */
const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** `@shop/Product.Page` 1.4.0+7 is product-page of version 1.4.0; undefined for a name that no service can have. */
function serviceOf(found: ProgramPackage | undefined): ProgramPackage | undefined {
  if (found === undefined) return undefined;
  const name = found.name
    .replace(/^@[^/]*\//, "")
    .toLowerCase()
    .replaceAll(/[._~]/g, "-");
  if (!isDnsLabel(name)) return undefined;
  const version = found.version?.split("+", 1)[0];
  return { name, version: version !== undefined && labelValue.test(version) ? version : undefined };
}

/** `reviews-v1-3f9a1c`: readable in a list of instances, and not the same twice. */
function instanceId(name: string, version: string): string {
  const readable = `${name}-${version.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`.slice(0, 56).replace(/-+$/, "");
  return `${readable}-${randomBytes(3).toString("hex")}`;
}

function labelsFrom(text: string | undefined): Labels {
  const pairs = (listFrom(text) ?? []).map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw bad("INTRAMESH_LABELS", text, "key=value pairs, comma-separated");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

function healthCheckFrom(env: NodeJS.ProcessEnv): HealthCheck | undefined {
  const inSeconds = (name: keyof HealthCheck, variable: string): Partial<HealthCheck> => {
    const value = seconds(variable, env[variable]);
    return value === undefined ? {} : { [name]: value };
  };
  const counted = (name: keyof HealthCheck, variable: string): Partial<HealthCheck> => {
    const value = wholeNumber(variable, env[variable], " of answers", 1);
    return value === undefined ? {} : { [name]: value };
  };
  const numbers = {
    ...inSeconds("intervalSeconds", "INTRAMESH_HEALTH_INTERVAL_SECONDS"),
    ...inSeconds("timeoutSeconds", "INTRAMESH_HEALTH_TIMEOUT_SECONDS"),
    ...counted("unhealthyThreshold", "INTRAMESH_HEALTH_UNHEALTHY_THRESHOLD"),
    ...counted("healthyThreshold", "INTRAMESH_HEALTH_HEALTHY_THRESHOLD"),
  };
  const path = env["INTRAMESH_HEALTH_PATH"];
  return path === undefined || path === "" ? undefined : { ...numbers, path };
}
