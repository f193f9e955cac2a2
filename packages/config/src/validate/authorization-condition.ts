import type { AuthorizationCondition } from "../spec/security.ts";
import { isIpBlock } from "./addresses.ts";
import { findClosestName } from "./closest-name.ts";
import type { Place } from "./place.ts";

const plainKeys: readonly string[] = [
  "source.ip",
  "remote.ip",
  "source.namespace",
  "source.principal",
  "source.serviceAccount",
  "source.trustDomain",
  "request.auth.principal",
  "request.auth.audiences",
  "request.auth.presenter",
  "destination.ip",
  "destination.port",
  "connection.sni",
];
/** Keys with names in brackets behind them. */
const bracketedKeys: readonly string[] = ["request.headers", "request.auth.claims"];
const bracketed = /^([a-z.]+)((?:\[[^[\]]+\])+)$/;
const experimental = "experimental.envoy.filters.";

/** Checks a condition: an attribute that exists, with values that it can have. */
export function checkCondition({ key, values = [], notValues = [] }: AuthorizationCondition, place: Place): void {
  if (!key) place.field("key").error(`is missing: one of ${[...plainKeys, ...bracketedKeys].join(", ")}`);
  else checkKey(key, place.field("key"));
  if (values.length + notValues.length === 0)
    place.error("has neither values nor notValues: it would hold for nothing");
  for (const value of [...values, ...notValues]) {
    if (key?.endsWith(".ip") && !isIpBlock(value))
      place.error(`"${value}" is not an address or a range such as 192.0.2.0/24`);
    if (key === "destination.port" && !/^\d{1,5}$/.test(value)) place.error(`"${value}" is not a port`);
  }
}

function checkKey(key: string, place: Place): void {
  if (plainKeys.includes(key) || key.startsWith(experimental)) return;
  const name = bracketed.exec(key)?.[1];
  if (name !== undefined && bracketedKeys.includes(name)) return;
  const meant = findClosestName(key, plainKeys);
  const hint =
    meant === undefined
      ? `known are ${[...plainKeys, ...bracketedKeys.map((known) => `${known}[…]`)].join(", ")}`
      : `did you mean ${meant}?`;
  place.error(`"${key}" is not an attribute; ${hint}`);
}
