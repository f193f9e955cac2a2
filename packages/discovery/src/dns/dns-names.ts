import type { Random, Scheduler } from "@intramesh/core";
import { createNameLookUp } from "./look-up-name.ts";
import { createNameResolver, type NameResolver } from "./name-resolver.ts";

/** Whom to ask for names, and whom to tell of those that do not resolve. */
export interface DnsNamesOptions {
  /** Name servers as `address` or `address:port`; empty: those of the system. */
  readonly servers: readonly string[];
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** A name does not resolve: told once until it does again, in words for people. */
  onFailure(message: string): void;
}

/** Names resolved by the hosts file, DNS and the system, and kept current for as long as somebody follows them. */
export function createDnsNames({ servers, ...parts }: DnsNamesOptions): NameResolver {
  const { lookUp, close } = createNameLookUp({ servers });
  const names = createNameResolver({ ...parts, lookUp });
  return {
    follow: names.follow,
    lookup: names.lookup,
    close() {
      names.close();
      close();
    },
  };
}
