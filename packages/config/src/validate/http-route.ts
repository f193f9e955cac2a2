import { isAuthority } from "../policy/translate-headers.ts";
import type { HttpRoute } from "../spec/virtual-service.ts";
import { checkCors } from "./cors.ts";
import { checkDuration } from "./durations.ts";
import { checkFault } from "./fault.ts";
import { checkDirectResponse, checkRedirect, checkRewrite } from "./http-actions.ts";
import { checkDestination, checkPercentage, checkRouteDestinations } from "./http-destinations.ts";
import { checkHeaders } from "./http-headers.ts";
import { checkHttpMatch } from "./http-match.ts";
import { isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { checkRetries } from "./retries.ts";

/** What a rule's place in its VirtualService allows. */
export interface RouteSurroundings {
  readonly isDelegate: boolean;
  /** Whether clients inside the mesh see it. */
  readonly inMesh: boolean;
}

/** Checks one rule of `http[]` and everything in it. */
export function checkHttpRoute(route: HttpRoute, place: Place, surroundings: RouteSurroundings): void {
  checkCombination(route, place, surroundings);
  for (const [at, match] of (route.match ?? []).entries()) {
    checkHttpMatch(match, place.field("match").at(at), surroundings.inMesh);
  }
  if (route.route !== undefined) checkRouteDestinations(route.route, place.field("route"));
  if (route.redirect !== undefined) checkRedirect(route.redirect, route.match ?? [], place.field("redirect"));
  if (route.directResponse !== undefined) checkDirectResponse(route.directResponse, place.field("directResponse"));
  if (route.rewrite !== undefined) checkRewrite(route.rewrite, place.field("rewrite"));
  checkHeaders(route.headers, place.field("headers"));
  checkOneAuthority(route, place);
  checkDuration(route.timeout, place.field("timeout"));
  if (route.retries !== undefined) checkRetries(route.retries, place.field("retries"));
  if (route.fault !== undefined) checkFault(route.fault, place.field("fault"));
  if (route.corsPolicy !== undefined) checkCors(route.corsPolicy, place.field("corsPolicy"));
  checkMirrors(route, place);
}

/** Which actions go together. */
function checkCombination(route: HttpRoute, place: Place, { isDelegate }: RouteSurroundings): void {
  const actions = (["redirect", "directResponse", "route"] as const).filter((name) => hasAction(route, name));
  if (route.delegate !== undefined) {
    if (isDelegate) place.error("delegate: a delegate does not delegate further; give the rule a route");
    const own = actions.filter((name) => name !== "directResponse");
    if (own.length > 0)
      place.error(`${own.join(" and ")} beside delegate: the delegate says where requests go; drop one of them`);
    checkDelegateName(route, place.field("delegate"));
    return;
  }
  if (actions.length === 0) place.error("does nothing: a rule needs a route, a redirect or a directResponse");
  if (actions.length > 1) place.error(`${actions.join(" and ")} exclude each other: keep one`);
  const local = actions.filter((name) => name !== "route");
  for (const name of ["fault", "rewrite"] as const) {
    if (local.length > 0 && route[name] !== undefined) {
      place.error(`${name} beside ${local.join(" and ")}: it needs a request that is forwarded; drop one of them`);
    }
  }
}

function hasAction(route: HttpRoute, name: "redirect" | "directResponse" | "route"): boolean {
  return name === "route" ? (route.route ?? []).length > 0 : route[name] !== undefined;
}

function checkDelegateName({ delegate }: HttpRoute, place: Place): void {
  if (delegate?.name === undefined || delegate.name === "")
    place.field("name").error("is missing: name the VirtualService to delegate to");
  if (delegate?.namespace && !isDnsLabel(delegate.namespace)) {
    place.field("namespace").error(`"${delegate.namespace}" is not a namespace: a DNS label`);
  }
}

/** The Host to send is changed in one place: the rewrite, or one operation on the header. */
function checkOneAuthority(route: HttpRoute, place: Place): void {
  const { set = {}, add = {} } = route.headers?.request ?? {};
  const changes = [
    ...(route.rewrite?.authority ? ["rewrite.authority"] : []),
    ...Object.keys(set)
      .filter(isAuthority)
      .map((name) => `headers.request.set[${name}]`),
    ...Object.keys(add)
      .filter(isAuthority)
      .map((name) => `headers.request.add[${name}]`),
  ];
  if (changes.length > 1) place.error(`${changes.join(" and ")} all change the authority: keep one`);
}

function checkMirrors(route: HttpRoute, place: Place): void {
  const { mirror, mirrors } = route;
  if (mirror !== undefined && mirrors !== undefined && mirrors.length > 0) {
    place.error("mirror and mirrors exclude each other: move mirror into mirrors");
  }
  if (mirror !== undefined) checkDestination(mirror, place.field("mirror"));
  if (route.mirrorPercent !== undefined) {
    place.field("mirrorPercent").warn("is deprecated: use mirrorPercentage", "IST0002");
    if (route.mirrorPercent < 0 || route.mirrorPercent > 100)
      place.field("mirrorPercent").error(`${route.mirrorPercent} is not a percentage: 0 to 100`);
  }
  checkPercentage(route.mirrorPercentage, place.field("mirrorPercentage"));
  for (const [at, { destination, percentage }] of (mirrors ?? []).entries()) {
    const entry = place.field("mirrors").at(at);
    if (destination === undefined) entry.field("destination").error("is missing: name the host to copy requests to");
    else checkDestination(destination, entry.field("destination"));
    checkPercentage(percentage, entry.field("percentage"));
  }
}
