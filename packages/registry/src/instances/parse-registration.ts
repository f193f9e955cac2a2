import type { InstanceRegistration } from "@intramesh/discovery";
import { checkHealthCheck } from "../health-checks/parse-health-check.ts";
import type { StatusCause } from "../http/status.ts";

/** Seconds of a lease whose owner asks for none. */
export const defaultTtlSeconds = 30;

/** A lease longer than a day is a mistake: the instance would outlive its machine. */
const maxTtlSeconds = 86_400;

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const labelKey = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const sessionForm = /^[A-Za-z0-9._-]{1,64}$/;

/** A registration, or everything that is wrong with it. */
export interface ParsedRegistration {
  /** Undefined where there are causes. */
  readonly registration: InstanceRegistration | undefined;
  readonly causes: readonly StatusCause[];
}

/** Checks the parts of an instance's path. */
export function checkInstanceNames(names: Readonly<Record<string, string>>): readonly StatusCause[] {
  return Object.entries(names).flatMap(([field, value]) =>
    dnsLabel.test(value)
      ? []
      : [wrong(field, value, "a DNS label: at most 63 of a-z, 0-9 and -, with a letter or digit at both ends")],
  );
}

/** Checks an instance's body. All findings, not the first. */
export function parseRegistration(body: Readonly<Record<string, unknown>>): ParsedRegistration {
  const causes: StatusCause[] = [];
  for (const [field, value] of Object.entries(body)) {
    if (Object.hasOwn(fields, field)) causes.push(...fields[field as keyof InstanceRegistration](field, value));
    else causes.push({ reason: "FieldValueInvalid", field, message: unknownField });
  }
  for (const field of ["address", "ports"]) {
    if (!(field in body)) causes.push({ reason: "FieldValueRequired", field, message: "Required value" });
  }
  // Every field has been checked against the type.
  const registration = body as unknown as InstanceRegistration;
  return { registration: causes.length === 0 ? registration : undefined, causes };
}

type Check = (field: string, value: unknown) => readonly StatusCause[];

const fields: Readonly<Record<keyof InstanceRegistration, Check>> = {
  address: text(/^[A-Za-z0-9.:_%[\]-]{1,253}$/, "an IP address or a host name"),
  ports: map(port, "port name to port number"),
  servicePorts: map(port, "port name to port number"),
  labels: labels(),
  locality: text(/^[^/]+(\/[^/]+){0,2}$/, "region/zone/subzone"),
  weight: integer(0, 0xffff_ffff),
  serviceAccount: text(/^[^\s]{1,253}$/, "a service account's name"),
  ttlSeconds: integer(1, maxTtlSeconds),
  session: text(sessionForm, "at most 64 of A-Z, a-z, 0-9, dot, _ and -"),
  healthCheck: checkHealthCheck,
};

const unknownField = `unknown field; known are ${Object.keys(fields).join(", ")}`;

function text(form: RegExp, rule: string): Check {
  return (field, value) => (typeof value === "string" && form.test(value) ? [] : [wrong(field, value, rule)]);
}

function integer(min: number, max: number): Check {
  return (field, value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? []
      : [wrong(field, value, `a whole number from ${min} to ${max}`)];
}

function port(field: string, value: unknown): readonly StatusCause[] {
  return integer(1, 65_535)(field, value);
}

function map(item: Check, rule: string): Check {
  return (field, value) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, entry]) => [
          ...(dnsLabel.test(key) ? [] : [wrong(`${field}.${key}`, key, "named by a DNS label, in lower case")]),
          ...item(`${field}.${key}`, entry),
        ])
      : [wrong(field, value, `an object of ${rule}`)];
}

function labels(): Check {
  return (field, value) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, entry]) => [
          ...(labelKey.test(key) ? [] : [wrong(`${field}.${key}`, key, "named by a Kubernetes label name")]),
          ...(typeof entry === "string" && labelValue.test(entry)
            ? []
            : [wrong(`${field}.${key}`, entry, "a label value: at most 63 of A-Z, a-z, 0-9, dot, _ and -")]),
        ])
      : [wrong(field, value, "an object of label name to text")];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function wrong(field: string, value: unknown, rule: string): StatusCause {
  const shown = JSON.stringify(value) ?? String(value);
  return { reason: "FieldValueInvalid", field, message: `Invalid value: ${shown}: must be ${rule}` };
}
