import { MeshError } from "@intramesh/core";

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsLabelRule = "a DNS label: 1 to 63 lower-case letters, digits and hyphens, a letter or digit at both ends";

/** MESH_BAD_OPTION that names an option, its value and the rule: what `it must be`. */
export function bad(option: string, value: unknown, rule: string): MeshError {
  const given = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
  return new MeshError("MESH_BAD_OPTION", `option ${option} ${given}; it must be ${rule}`);
}

/** Whether a text can be the name of a service, a namespace or an instance. */
export function isDnsLabel(text: string): boolean {
  return dnsLabel.test(text);
}

/** A name as Kubernetes takes them. */
export function label(option: string, value: string): string {
  if (!isDnsLabel(value)) throw bad(option, value, dnsLabelRule);
  return value;
}

/** 1 to 65535; undefined where it is left out or an empty variable. */
export function portNumber(option: string, value: number | string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw bad(option, value, "a port, 1 to 65535");
  return port;
}

/** From `least` on, of `unit`; undefined where it is left out or an empty variable. */
export function wholeNumber(
  option: string,
  value: number | string | undefined,
  unit: string,
  least: number = 0,
): number | undefined {
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw bad(option, value, `a whole number${unit}, ${least} or more`);
}

/** More than 0; undefined where it is left out or an empty variable. */
export function seconds(option: string, value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw bad(option, value, "a number of seconds, more than 0");
}

/** The parts of a comma-separated variable, without those that are empty. */
export function listFrom(text: string | undefined): string[] | undefined {
  return text === undefined
    ? undefined
    : text
        .split(",")
        .map((part) => part.trim())
        .filter((part) => part !== "");
}
