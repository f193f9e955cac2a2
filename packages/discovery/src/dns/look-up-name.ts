import { ADDRCONFIG, type SrvRecord } from "node:dns";
import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import { type AddressFamilies, findAddressFamilies, isUniqueLocal } from "./address-families.ts";
import { findInHostsFile, systemHostsFile } from "./hosts-file.ts";
import { createNameServers, type NameServers } from "./name-servers.ts";
import type { LookUpName, NameAnswer, ResolvedAddress } from "./resolved-address.ts";

/** Where names are looked up. */
export interface LookUpOptions {
  /** Name servers as `address` or `address:port`; empty: those of the system. */
  readonly servers: readonly string[];
  /** The hosts file; `/etc/hosts` unless said otherwise. */
  readonly hostsFile?: string;
  /** What this machine can call; found out at each look-up unless said otherwise. */
  readonly families?: () => AddressFamilies;
}

/** A LookUpName, and the way to end what it has begun. */
export interface NameLookUp {
  readonly lookUp: LookUpName;
  /** Gives up queries on their way. */
  close(): void;
}

/** What DNS said for one family or one kind of record. */
type Records<T> =
  | { readonly kind: "found"; readonly records: readonly T[] }
  /** No such name, or none of this kind: an answer. */
  | { readonly kind: "none"; readonly code: string }
  /** No answer. */
  | { readonly kind: "failed"; readonly code: string };

interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

/** c-ares' codes for an answer without records. */
const negative: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);
/** Nobody there to ask by DNS: the system may have other ways, as nscd or systemd-resolved. */
const unserved = "ECONNREFUSED";

const secondMs = 1_000;

/**
 * Looks names up in this order, and takes the first that has addresses:
 * 1. the hosts file;
 * 2. DNS, A and AAAA with their TTLs, for the families that this machine can call;
 * 3. the system (getaddrinfo: search domains, mDNS, whatever nsswitch.conf says), where DNS knows no such name or there is no
 *    name server, and no servers were given.
 * A name that begins with `_` is SRV: its targets are looked up likewise, those of the lowest priority number that has any.
 */
export function createNameLookUp(options: LookUpOptions): NameLookUp {
  const { hostsFile = systemHostsFile, families = findAddressFamilies } = options;
  const nameServers = createNameServers(options.servers);

  async function lookUpAddresses(name: string, before: NameAnswer | undefined): Promise<NameAnswer> {
    const listed = await findInHostsFile(hostsFile, name);
    if (listed.length > 0) return { addresses: listed.map(plainAddress), ttlMs: undefined };
    const usable = families();
    const [v4, allV6] = await Promise.all([
      usable.ipv4 ? ask(nameServers, (resolver) => resolver.resolve4(name, { ttl: true })) : unasked,
      usable.ipv6 !== "none" ? ask(nameServers, (resolver) => resolver.resolve6(name, { ttl: true })) : unasked,
    ]);
    const v6 = usable.ipv6 === "local" && v4.kind === "found" ? withinSite(allV6) : allV6;
    if (v4.kind === "found" || v6.kind === "found") return joinFamilies(v4, v6, before);
    const codes = [v4.code, v6.code].filter((code) => code !== "");
    const bySystem = options.servers.length === 0 && codes.every((code) => negative.has(code) || code === unserved);
    const addresses = bySystem ? await askSystem(name) : [];
    if (addresses.length === 0) throw failure(name, codes);
    return { addresses: addresses.map(plainAddress), ttlMs: undefined };
  }

  async function lookUpService(name: string, before: NameAnswer | undefined): Promise<NameAnswer> {
    const services = await ask(nameServers, (resolver) => resolver.resolveSrv(name));
    if (services.kind !== "found") throw failure(name, [services.code]);
    const problems: string[] = [];
    for (const targets of byPriority(services.records)) {
      // One priority after the other on purpose: a later one counts only where an earlier one has nobody.
      const answers = await Promise.allSettled(targets.map(lookUpTarget));
      for (const answer of answers) {
        if (answer.status === "fulfilled") continue;
        const { code, message } = answer.reason as NodeJS.ErrnoException;
        // What is known already is better than a part of it.
        if (before !== undefined && !negative.has(code ?? "")) throw answer.reason;
        problems.push(message);
      }
      const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
      const addresses = found.flatMap((target) => target.addresses);
      if (found.length > 0) return { addresses, ttlMs: shortest(found.map(({ ttlMs }) => ttlMs)) };
    }
    throw new Error(`${name}: none of its SRV targets has an address (${problems.join("; ")})`);
  }

  async function lookUpTarget({ name, port, weight }: SrvRecord): Promise<NameAnswer> {
    const { addresses, ttlMs } = await lookUpAddresses(name, undefined);
    // RFC 2782 gives a weight of 0 the least chance: that is 1.
    return { ttlMs, addresses: addresses.map(({ address }) => ({ address, port, weight: Math.max(1, weight) })) };
  }

  return {
    lookUp: (name, before) => (isServiceName(name) ? lookUpService(name, before) : lookUpAddresses(name, before)),
    close: () => nameServers.close(),
  };
}

/** True for the name of SRV records, such as `_http._tcp.reviews.example.com` (RFC 2782). */
export function isServiceName(name: string): boolean {
  return name.startsWith("_");
}

const unasked: Records<never> = { kind: "none", code: "" };

async function ask<T>(
  servers: NameServers,
  query: (resolver: NameServers["resolver"]) => Promise<readonly T[]>,
): Promise<Records<T>> {
  try {
    const records = await query(servers.resolver);
    return records.length > 0 ? { kind: "found", records } : { kind: "none", code: "ENODATA" };
  } catch (error) {
    const { code = "EUNKNOWN" } = error as NodeJS.ErrnoException;
    if (negative.has(code)) return { kind: "none", code };
    servers.renew();
    return { kind: "failed", code };
  }
}

/** As RFC 6724 prefers IPv4 to IPv6 addresses of another scope than the machine's own. */
function withinSite(v6: Records<AddressRecord>): Records<AddressRecord> {
  if (v6.kind !== "found") return v6;
  const records = v6.records.filter(({ address }) => isUniqueLocal(address));
  return records.length === 0 ? { kind: "none", code: "ENODATA" } : { kind: "found", records };
}

/** A family that did not answer keeps its addresses of before; one that answers that there are none has none. */
function joinFamilies(
  v4: Records<AddressRecord>,
  v6: Records<AddressRecord>,
  before: NameAnswer | undefined,
): NameAnswer {
  const known = before?.addresses ?? [];
  const kept = (isKept: (address: string) => boolean): readonly ResolvedAddress[] =>
    known.filter(({ address }) => isKept(address));
  const of = (family: Records<AddressRecord>, isKept: (address: string) => boolean): readonly ResolvedAddress[] => {
    if (family.kind === "found") return family.records.map(({ address }) => plainAddress(address));
    return family.kind === "failed" ? kept(isKept) : [];
  };
  const records = [v4, v6].flatMap((family) => (family.kind === "found" ? family.records : []));
  return {
    addresses: [...of(v4, isIPv4), ...of(v6, (address) => !isIPv4(address))],
    ttlMs: shortest(records.map(({ ttl }) => ttl * secondMs)),
  };
}

async function askSystem(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true, hints: ADDRCONFIG }).catch(() => []);
  return [...new Set(found.map(({ address }) => address))];
}

function plainAddress(address: string): ResolvedAddress {
  return { address, port: undefined, weight: 1 };
}

function shortest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no such name (NXDOMAIN)",
  ENODATA: "the name has no such records",
  ESERVFAIL: "the name server failed (SERVFAIL)",
  EREFUSED: "the name server refused to answer (REFUSED)",
  ETIMEOUT: "no name server answered in time",
  ECONNREFUSED: "there is no name server",
  EBADRESP: "the name server's answer cannot be read",
};

/** `code` is c-ares'. */
function failure(name: string, codes: readonly string[]): Error {
  // Of two families the one that failed says more than the one that has none.
  const code = codes.find((one) => !negative.has(one)) ?? codes[0] ?? "ENODATA";
  return Object.assign(new Error(`${name} does not resolve: ${reasons[code] ?? code}`), { code });
}

function byPriority(records: readonly SrvRecord[]): readonly (readonly SrvRecord[])[] {
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.map((wanted) => records.filter(({ priority }) => priority === wanted));
}
