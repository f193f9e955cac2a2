import type { Destination, VirtualServiceSpec } from "../spec/virtual-service.ts";

/** A place where a VirtualService names a destination. */
export interface NamedDestination {
  /** `spec.http[0].route[1].destination` */
  readonly path: string;
  readonly destination: Destination;
  /** True for copies of requests. */
  readonly isMirror: boolean;
}

/** Every destination that a VirtualService names, in the order of its rules: http, tls, tcp. */
export function destinationsOf(spec: VirtualServiceSpec): readonly NamedDestination[] {
  const found: NamedDestination[] = [];
  const add = (path: string, destination: Destination | undefined, isMirror: boolean): void => {
    if (destination?.host) found.push({ path, destination, isMirror });
  };
  for (const protocol of ["http", "tls", "tcp"] as const) {
    for (const [at, rule] of (spec[protocol] ?? []).entries()) {
      for (const [position, { destination }] of (rule.route ?? []).entries()) {
        add(`spec.${protocol}[${at}].route[${position}].destination`, destination, false);
      }
    }
  }
  for (const [at, { mirror, mirrors = [] }] of (spec.http ?? []).entries()) {
    add(`spec.http[${at}].mirror`, mirror, true);
    for (const [position, { destination }] of mirrors.entries()) {
      add(`spec.http[${at}].mirrors[${position}].destination`, destination, true);
    }
  }
  return found;
}
