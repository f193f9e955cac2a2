import type { Place } from "./place.ts";

/** RFC 1123: letters, digits and inner dashes, at most 63. */
const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const labelWithCapitals = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i;
const maxNameLength = 253;
const maxHostLength = 255;
const maxPort = 65_535;

const labelRule = "lower-case letters, digits and inner dashes, at most 63 characters";

/** Whether a text is a DNS-1123 label. */
export function isDnsLabel(text: string): boolean {
  return label.test(text);
}

/** The same with capitals, which Istio lets pass in hosts and subset names. */
export function isHostLabel(text: string): boolean {
  return labelWithCapitals.test(text);
}

/** Checks a DNS-1123 label: names of namespaces and subsets. */
export function checkDnsLabel(text: string, place: Place): void {
  if (!isDnsLabel(text)) place.error(`"${text}" is not a DNS label: ${labelRule}`);
}

/** Checks a DNS-1123 subdomain: names of resources. */
export function checkDnsSubdomain(text: string, place: Place): void {
  const isValid = text.length <= maxNameLength && text.split(".").every(isDnsLabel);
  if (!isValid)
    place.error(`"${text}" is not a DNS name: labels of ${labelRule}, joined with dots, at most ${maxNameLength}`);
}

/** Why a text is no host name that could be called; undefined where it is one. */
export function findHostFault(host: string): string | undefined {
  if (host === "") return "a host must not be empty";
  if (host.length > maxHostLength) return `"${host.slice(0, 20)}…" is longer than ${maxHostLength} characters`;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".");
  const wrong = labels.find((part) => !labelWithCapitals.test(part));
  if (wrong !== undefined) return `"${host}" is not a host name: "${wrong}" is not a DNS label`;
  if (labels.length > 1 && /^\d+$/.test(labels.at(-1)!))
    return `"${host}" is not a host name: its last part is a number`;
  return undefined;
}

/** Like `findHostFault`, but a leading `*` may stand for the first labels. */
export function findWildcardHostFault(host: string): string | undefined {
  if (host === "*") return undefined;
  const plain = host.replace(/^\*-?\.?/, "");
  if (plain.includes("*")) return `"${host}": a wildcard may stand in front only, as in *.example.com`;
  return plain === "" ? `"${host}" is not a host name` : findHostFault(plain);
}

/** Checks a port that must be given. */
export function checkPort(port: number | undefined, place: Place): void {
  if (port === undefined) place.error(`a port is needed, 1 to ${maxPort}`);
  else if (port < 1 || port > maxPort) place.error(`${port} is not a port: 1 to ${maxPort}`);
}

/** Name of a label: an optional DNS prefix and 63 characters. */
const labelKey = /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Checks names and values of labels with Kubernetes' rules. */
export function checkLabels(labels: Readonly<Record<string, string>> | undefined, place: Place): void {
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (!labelKey.test(key))
      place.at(key).error(`"${key}" is not a label name: letters, digits, - _ . , at most 63, an optional prefix/`);
    if (!labelValue.test(value))
      place.at(key).error(`"${value}" is not a label value: letters, digits, - _ . , at most 63`);
  }
}
