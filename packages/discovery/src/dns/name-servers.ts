import { Resolver } from "node:dns/promises";

/** First wait for a name server, ms; it doubles with each try. With two servers and two tries, 12 s at most. */
const timeoutMs = 2_000;
const tries = 2;

/** Who is asked by DNS. */
export interface NameServers {
  readonly resolver: Pick<Resolver, "resolve4" | "resolve6" | "resolveSrv">;
  /** Reads the system's list of name servers again before the next query: networks change under laptops. */
  renew(): void;
  /** Gives up queries on their way. */
  close(): void;
}

/** `servers` as `address` or `address:port`; empty: those of the system. Throws a TypeError for one that is neither. */
export function createNameServers(servers: readonly string[]): NameServers {
  const open = (): Resolver => {
    const resolver = new Resolver({ timeout: timeoutMs, tries });
    if (servers.length > 0) resolver.setServers(servers);
    return resolver;
  };
  // Those that were replaced may have queries on their way: they are few, and weak.
  const replaced = new Set<WeakRef<Resolver>>();
  let current: Resolver | undefined = servers.length > 0 ? open() : undefined;
  return {
    get resolver() {
      current ??= open();
      return current;
    },
    renew() {
      if (current === undefined || servers.length > 0) return;
      replaced.add(new WeakRef(current));
      for (const one of replaced) if (one.deref() === undefined) replaced.delete(one);
      current = undefined;
    },
    close() {
      current?.cancel();
      for (const one of replaced) one.deref()?.cancel();
    },
  };
}
