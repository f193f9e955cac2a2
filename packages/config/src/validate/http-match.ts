import type { HttpMatchRequest, StringMatchSpec } from "../spec/virtual-service.ts";
import { checkGatewayNames } from "./gateway-names.ts";
import { findHeaderNameFault } from "./http-headers.ts";
import { checkDnsLabel, checkLabels, checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { checkStringMatch, checkStringMatchAllowingEmpty } from "./string-match.ts";

const claimPrefix = "@request.auth.claims";

/** What of a request is no header and can be matched like one. */
const pseudoHeaders: ReadonlySet<string> = new Set([":method", ":scheme", ":authority", ":path", ":status"]);

/** `inMesh`: clients inside the mesh see it, where no token has been checked. */
export function checkHttpMatch(match: HttpMatchRequest, place: Place, inMesh: boolean): void {
  checkStringMatchAllowingEmpty(match.uri, place.field("uri"));
  checkStringMatch(match.scheme, place.field("scheme"));
  checkStringMatch(match.method, place.field("method"));
  checkStringMatch(match.authority, place.field("authority"));
  checkNamed(match.headers, place.field("headers"), inMesh);
  checkNamed(withoutStars(match.withoutHeaders), place.field("withoutHeaders"), inMesh);
  for (const [name, value] of Object.entries(match.queryParams ?? {})) {
    checkStringMatch(value, place.field("queryParams").at(name));
  }
  if (match.port !== undefined && match.port !== 0) checkPort(match.port, place.field("port"));
  checkLabels(match.sourceLabels, place.field("sourceLabels"));
  if (match.sourceNamespace) checkDnsLabel(match.sourceNamespace, place.field("sourceNamespace"));
  checkGatewayNames(match.gateways, place.field("gateways"));
}

function checkNamed(
  headers: Readonly<Record<string, StringMatchSpec>> | undefined,
  place: Place,
  inMesh: boolean,
): void {
  for (const [name, value] of Object.entries(headers ?? {})) {
    const fault = name.startsWith(claimPrefix) || pseudoHeaders.has(name) ? undefined : findHeaderNameFault(name);
    if (fault !== undefined) place.at(name).error(fault);
    if (name.startsWith(claimPrefix) && inMesh) {
      place.at(name).error("claims of a token are known on gateways only: bind the VirtualService to one");
    }
    checkStringMatch(value, place.at(name));
  }
}

/** The regex `*` asks for absence in `withoutHeaders`: its like without a kind. */
function withoutStars(
  headers: Readonly<Record<string, StringMatchSpec>> | undefined,
): Readonly<Record<string, StringMatchSpec>> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, m]) => [name, m.regex === "*" ? {} : m]));
}
