import { authorizationPolicy } from "../schema/authorization-policy.ts";
import type {
  AuthorizationOperation,
  AuthorizationPolicySpec,
  AuthorizationRule,
  AuthorizationSource,
} from "../spec/security.ts";
import { isIpBlock } from "./addresses.ts";
import { checkCondition } from "./authorization-condition.ts";
import { checkPathTemplate } from "./path-template.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget } from "./workload-target.ts";

/** Checks AuthorizationPolicies. */
export const authorizationPolicyCheck: SpecCheck = defineSpecCheck(
  shapeOf<AuthorizationPolicySpec>(authorizationPolicy.spec),
  checkAuthorizationPolicy,
  ["rules[]"],
);

function checkAuthorizationPolicy(spec: AuthorizationPolicySpec, place: Place): void {
  const { action = "ALLOW", rules = [], provider } = spec;
  checkTarget(spec, place);
  if (action === "CUSTOM" && !provider?.name)
    place.field("provider").field("name").error("is missing: CUSTOM asks a provider");
  if (action !== "CUSTOM" && provider !== undefined)
    place.field("provider").error(`goes with action CUSTOM, not with ${action}: drop it`);
  if ((action === "DENY" || action === "CUSTOM") && rules.length === 0) {
    place.field("rules").error(`is empty: ${action} without rules does nothing; "rules: [{}]" takes every request`);
  }
  for (const [at, rule] of rules.entries()) {
    const entry = place.field("rules").at(at);
    checkRule(rule, entry);
    if (action === "DENY" && !hasTcpAttributes(rule) && hasAttributes(rule)) {
      entry.warn("asks for HTTP attributes only: on TCP ports it denies nothing or everything; name ports to limit it");
    }
  }
}

function checkRule({ from, to, when }: AuthorizationRule, place: Place): void {
  if (from?.length === 0) place.field("from").error("is empty: drop it to take every source");
  for (const [at, { source }] of (from ?? []).entries())
    checkSource(source, place.field("from").at(at).field("source"));
  if (to?.length === 0) place.field("to").error("is empty: drop it to take every operation");
  for (const [at, { operation }] of (to ?? []).entries())
    checkOperation(operation, place.field("to").at(at).field("operation"));
  for (const [at, condition] of (when ?? []).entries()) checkCondition(condition, place.field("when").at(at));
}

function checkSource(source: AuthorizationSource | undefined, place: Place): void {
  if (source === undefined || Object.keys(source).length === 0) {
    place.error("is empty: say at least one thing of the source, or drop from");
    return;
  }
  checkLists(source, place);
  const accounts = [...(source.serviceAccounts ?? []), ...(source.notServiceAccounts ?? [])];
  const others = ["principals", "notPrincipals", "namespaces", "notNamespaces"] as const;
  const beside = others.filter((name) => source[name] !== undefined);
  if (accounts.length > 0 && beside.length > 0)
    place.error(`serviceAccounts and ${beside.join(", ")} exclude each other: keep one`);
  for (const account of accounts) {
    if (account.includes("*"))
      place.field("serviceAccounts").error(`"${account}": accounts are compared whole, without wildcards`);
  }
  for (const name of ["ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"] as const) {
    for (const [at, block] of (source[name] ?? []).entries()) {
      if (!isIpBlock(block))
        place.field(name).at(at).error(`"${block}" is not an address or a range such as 192.0.2.0/24`);
    }
  }
}

function checkOperation(operation: AuthorizationOperation | undefined, place: Place): void {
  if (operation === undefined || Object.keys(operation).length === 0) {
    place.error("is empty: say at least one thing of the operation, or drop to");
    return;
  }
  checkLists(operation, place);
  for (const name of ["ports", "notPorts"] as const) {
    for (const [at, port] of (operation[name] ?? []).entries()) {
      const isPort = /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
      if (!isPort) place.field(name).at(at).error(`"${port}" is not a port: 1 to 65535, as text`);
    }
  }
  for (const name of ["paths", "notPaths"] as const) {
    for (const [at, path] of (operation[name] ?? []).entries()) checkPathTemplate(path, place.field(name).at(at));
  }
}

function checkLists(lists: AuthorizationSource | AuthorizationOperation, place: Place): void {
  // A field that nobody knows has been reported, and may hold anything.
  for (const [name, values] of Object.entries<unknown>({ ...lists })) {
    if (!Array.isArray(values)) continue;
    if (values.length === 0) place.field(name).error("is empty: list values, or drop it");
    if (values.includes("")) place.field(name).error("has an empty value: it matches nothing");
  }
}

const tcpSource: readonly string[] = ["principals", "namespaces", "serviceAccounts", "ipBlocks", "trustDomains"];
const tcpKeys: readonly string[] = ["source.", "destination.", "connection."];

/** Whether a rule asks for anything that a plain TCP connection has. */
function hasTcpAttributes({ from = [], to = [], when = [] }: AuthorizationRule): boolean {
  const names = from.flatMap(({ source = {} }) => Object.keys(source)).map(positive);
  return (
    names.some((name) => tcpSource.includes(name)) ||
    to.some(({ operation = {} }) => operation.ports !== undefined || operation.notPorts !== undefined) ||
    when.some(({ key = "" }) => tcpKeys.some((prefix) => key.startsWith(prefix)))
  );
}

function hasAttributes({ from = [], to = [], when = [] }: AuthorizationRule): boolean {
  return from.length + to.length + when.length > 0;
}

/** `notIpBlocks` asks for the same attribute as `ipBlocks`. */
function positive(name: string): string {
  return name.startsWith("not") ? name.charAt(3).toLowerCase() + name.slice(4) : name;
}
