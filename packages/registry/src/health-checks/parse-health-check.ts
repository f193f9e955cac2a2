import type { HealthCheck } from "@intramesh/discovery";
import type { StatusCause } from "../http/status.ts";

/** A health check with nothing left out. */
export interface HealthCheckPlan {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

/** The figures of a Kubernetes readiness probe. */
const defaults: Required<Omit<HealthCheck, "path">> = {
  intervalSeconds: 10,
  timeoutSeconds: 1,
  unhealthyThreshold: 3,
  healthyThreshold: 1,
};

/** An hour: whoever is looked at less often might as well not be. */
const maxSeconds = 3_600;
const maxThreshold = 100;

/** What goes into a request line as it is. */
const pathForm = /^\/[!-~]{0,1023}$/;

const numbers: Readonly<Record<keyof typeof defaults, readonly [min: number, max: number, rule: string]>> = {
  intervalSeconds: [0.1, maxSeconds, `seconds, from 0.1 to ${maxSeconds}`],
  timeoutSeconds: [0.01, maxSeconds, `seconds, from 0.01 to ${maxSeconds}`],
  unhealthyThreshold: [1, maxThreshold, `a whole number from 1 to ${maxThreshold}`],
  healthyThreshold: [1, maxThreshold, `a whole number from 1 to ${maxThreshold}`],
};

/** All that is wrong with a registration's `healthCheck`, which stands at `field`. */
export function checkHealthCheck(field: string, value: unknown): readonly StatusCause[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [wrong(field, value, 'an object such as {"path":"/health"}')];
  }
  const causes: StatusCause[] = [];
  if (!("path" in value)) {
    causes.push({ reason: "FieldValueRequired", field: `${field}.path`, message: "Required value" });
  }
  for (const [key, entry] of Object.entries(value)) {
    const cause = checkEntry(`${field}.${key}`, key, entry);
    if (cause !== undefined) causes.push(cause);
  }
  return causes;
}

/** Fills in the defaults of a check that has been found right. */
export function planHealthCheck(check: HealthCheck): HealthCheckPlan {
  const { path, intervalSeconds, timeoutSeconds, unhealthyThreshold, healthyThreshold } = { ...defaults, ...check };
  return {
    path,
    intervalMs: intervalSeconds * 1_000,
    timeoutMs: timeoutSeconds * 1_000,
    unhealthyThreshold,
    healthyThreshold,
  };
}

function checkEntry(field: string, key: string, value: unknown): StatusCause | undefined {
  if (key === "path") {
    if (typeof value === "string" && pathForm.test(value)) return undefined;
    return wrong(field, value, "a path that begins with a slash, of at most 1024 characters without spaces");
  }
  if (!(key in numbers)) {
    const known = ["path", ...Object.keys(numbers)].join(", ");
    return { reason: "FieldValueInvalid", field, message: `unknown field; known are ${known}` };
  }
  // It has just been found in there.
  const [min, max, rule] = numbers[key as keyof typeof numbers];
  const whole = key.endsWith("Threshold");
  const fits = typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? undefined : wrong(field, value, rule);
}

function wrong(field: string, value: unknown, rule: string): StatusCause {
  const shown = JSON.stringify(value) ?? String(value);
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}: must be ${rule}` };
}
