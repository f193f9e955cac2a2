import { MeshError } from "@intramesh/core";

/** What `consul()` takes. */
export interface ConsulOptions {
  /** The local agent: `http://127.0.0.1:8500`. `CONSUL_HTTP_ADDR`, where `host:port` will do; `CONSUL_HTTP_SSL=true` makes that https. */
  readonly url?: string;
  /** ACL token. `CONSUL_HTTP_TOKEN` */
  readonly token?: string;
  /** Datacenter whose services and keys are read; the agent's own. Registrations always go to the agent's. */
  readonly datacenter?: string;
  /** Keys below it hold resources; `intramesh/resources/`. */
  readonly prefix?: string;
  /** Names of the services to follow; all of the catalog. Name them where it has more than 100. */
  readonly services?: readonly string[];
  /** How long this instance counts as well without saying so, in seconds, 1 or more; 15. It says so three times as often. */
  readonly ttlSeconds?: number;
  /** How long instances are kept that Consul forgot rather than took out, in ms; 15,000. */
  readonly graceMs?: number;
}

/** Options without anything left open. */
export interface ResolvedConsulOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly token: string | undefined;
  readonly datacenter: string | undefined;
  readonly prefix: string;
  readonly services: readonly string[] | undefined;
  readonly ttlSeconds: number;
  readonly graceMs: number;
}

/** Where Consul's own tools look. */
const defaultAddress = "127.0.0.1:8500";

const defaultPrefix = "intramesh/resources/";

/** A process that has died is taken out after this; one that renews every 5 s outlives two lost renewals. */
const defaultTtlSeconds = 15;

/** As long as the default TTL: by then, an instance that an agent forgot has registered again, or is gone. */
const defaultGraceMs = 15_000;

/** Fills in defaults and Consul's own variables; throws MESH_BAD_OPTION naming the option, its value and the rule. */
export function resolveConsulOptions(
  options: ConsulOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ResolvedConsulOptions {
  const prefix = options.prefix ?? defaultPrefix;
  if (prefix === "" || prefix.startsWith("/")) {
    throw bad("prefix", prefix, "the beginning of keys, without a slash in front");
  }
  return {
    ...addressOf(options.url, env),
    token: nonEmpty(options.token ?? env["CONSUL_HTTP_TOKEN"]),
    datacenter: options.datacenter,
    prefix,
    services: options.services,
    ttlSeconds: atLeast("ttlSeconds", options.ttlSeconds ?? defaultTtlSeconds, 1),
    graceMs: atLeast("graceMs", options.graceMs ?? defaultGraceMs, 0),
  };
}

type Address = Pick<ResolvedConsulOptions, "url" | "host" | "port" | "secure">;

function addressOf(option: string | undefined, env: Readonly<Record<string, string | undefined>>): Address {
  const name = option === undefined ? "CONSUL_HTTP_ADDR" : "url";
  const given = option ?? nonEmpty(env["CONSUL_HTTP_ADDR"]) ?? defaultAddress;
  const scheme = env["CONSUL_HTTP_SSL"] === "true" ? "https" : "http";
  const url = URL.parse(given.includes("://") ? given : `${scheme}://${given}`);
  const isHttp = url?.protocol === "http:" || url?.protocol === "https:";
  if (url === null || !isHttp || url.hostname === "" || !/^\/?$/.test(url.pathname)) {
    throw bad(name, given, "the address of a Consul agent, http://127.0.0.1:8500 for one: http or https, no path");
  }
  const secure = url.protocol === "https:";
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  return { url: url.origin, host: url.hostname, port, secure };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function atLeast(option: string, value: number, least: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw bad(option, value, `a number, ${least} or more`);
}

function bad(option: string, value: unknown, rule: string): MeshError {
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  return new MeshError("MESH_BAD_OPTION", `consul: ${option} is ${shown}; it must be ${rule}`);
}
