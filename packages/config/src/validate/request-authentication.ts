import { requestAuthentication } from "../schema/request-authentication.ts";
import type { JwtRule, RequestAuthenticationSpec } from "../spec/security.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget } from "./workload-target.ts";

/** Checks RequestAuthentications. */
export const requestAuthenticationCheck: SpecCheck = defineSpecCheck(
  shapeOf<RequestAuthenticationSpec>(requestAuthentication.spec),
  checkRequestAuthentication,
  ["jwtRules[]"],
);

function checkRequestAuthentication(spec: RequestAuthenticationSpec, place: Place): void {
  checkTarget(spec, place);
  for (const [at, rule] of (spec.jwtRules ?? []).entries()) checkJwtRule(rule, place.field("jwtRules").at(at));
}

function checkJwtRule(rule: JwtRule, place: Place): void {
  if (!rule.issuer) place.field("issuer").error("is missing: name who signs the tokens");
  if (rule.jwksUri && rule.jwks) place.error("jwksUri and jwks exclude each other: keep one");
  if (rule.jwksUri && !/^https?:\/\/[^/?#]+/i.test(rule.jwksUri)) {
    place.field("jwksUri").error(`"${rule.jwksUri}" is not an http or https URL`);
  }
  if (rule.jwks && !hasKeys(rule.jwks))
    place.field("jwks").error("is not a JSON Web Key Set: an object with a list of keys");
  for (const [at, audience] of (rule.audiences ?? []).entries()) {
    if (audience === "") place.field("audiences").at(at).error("is empty: name an audience");
  }
  for (const [at, { name }] of (rule.fromHeaders ?? []).entries()) {
    if (!name) place.field("fromHeaders").at(at).field("name").error("is missing: name the header");
  }
  for (const list of ["fromParams", "fromCookies"] as const) {
    for (const [at, name] of (rule[list] ?? []).entries()) {
      if (name === "") place.field(list).at(at).error("is empty: give a name");
    }
  }
  for (const [at, { header, claim }] of (rule.outputClaimToHeaders ?? []).entries()) {
    if (!header || !claim) place.field("outputClaimToHeaders").at(at).error("needs both header and claim");
  }
  checkDuration(rule.timeout, place.field("timeout"));
}

function hasKeys(jwks: string): boolean {
  try {
    const parsed: unknown = JSON.parse(jwks);
    return typeof parsed === "object" && parsed !== null && "keys" in parsed && Array.isArray(parsed.keys);
  } catch {
    return false;
  }
}
