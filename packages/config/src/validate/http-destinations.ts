import type { Destination, HttpRouteDestination, L4Destination, PercentSpec } from "../spec/virtual-service.ts";
import { isIpAddress } from "./addresses.ts";
import { checkHeaders } from "./http-headers.ts";
import { checkPort, findWildcardHostFault, isHostLabel } from "./names.ts";
import type { Place } from "./place.ts";

/** Smallest share that Istio can express, in percent. */
const leastPercent = 0.0001;

/** Checks the destinations of a rule and the sum of their weights. */
export function checkRouteDestinations(destinations: readonly HttpRouteDestination[], place: Place): void {
  checkWeights(destinations, place);
  for (const [at, { destination, headers }] of destinations.entries()) {
    const entry = place.at(at);
    if (destination === undefined) entry.field("destination").error("is missing: name the host to forward to");
    else checkDestination(destination, entry.field("destination"));
    checkHeaders(headers, entry.field("headers"));
  }
}

/** Checks weights: none negative, and of several destinations at least one above 0. */
export function checkWeights(destinations: readonly L4Destination[], place: Place): void {
  for (const [at, { weight }] of destinations.entries()) {
    if (weight !== undefined && weight < 0)
      place.at(at).field("weight").error(`${weight} is negative: a weight is 0 or more`);
  }
  const sum = destinations.reduce((total, { weight }) => total + (weight ?? 0), 0);
  if (destinations.length > 1 && sum === 0) {
    place.error("the weights of all destinations are 0: of several at least one needs a weight");
  }
}

/** Checks where a destination points: a host that could be, a subset name, a port. */
export function checkDestination(destination: Destination, place: Place): void {
  const { host, subset, port } = destination;
  const hostPlace = place.field("host");
  if (host === undefined || host === "") hostPlace.error("is missing: name the host to forward to");
  else if (host === "*") hostPlace.error('"*" is no destination: name one host');
  else {
    const fault = isIpAddress(host) ? undefined : findWildcardHostFault(host);
    if (fault !== undefined) hostPlace.error(fault);
  }
  if (subset && !isHostLabel(subset)) place.field("subset").error(`"${subset}" is not a subset name: a DNS label`);
  if (port !== undefined) checkPort(port.number, place.field("port").field("number"));
}

/** Checks a share: 0, or 0.0001 to 100 percent. */
export function checkPercentage(percent: PercentSpec | undefined, place: Place): void {
  const value = percent?.value ?? 0;
  if (value < 0 || value > 100) place.field("value").error(`${value} is not a percentage: 0 to 100`);
  else if (value > 0 && value < leastPercent)
    place.field("value").error(`${value} is too small: 0, or at least ${leastPercent}`);
}
