import { isIP } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Clock, Random, Scheduler } from "@intramesh/core";
import { files, type ResourceSource } from "@intramesh/discovery";
import { defaultPropagatedHeaders, defaultSeriesLimit, type MetricsRegistry } from "@intramesh/telemetry";
import { defaultBodyIdleTimeoutMs, defaultReplayLimitBytes } from "@intramesh/transport";
import { type AccessLogOptions, accessLogOptions, type ResolvedAccessLogOptions } from "./access-log-options.ts";
import { createLeveledLogger, isLogLevel, type LeveledLogger, type Logger, type LogLevel } from "./leveled-logger.ts";
import { bad, listFrom, portNumber, wholeNumber } from "./option-values.ts";
import { type ResolvedService, resolveService, type ServiceOptions } from "./service-options.ts";
import { systemClock, systemRandom, systemScheduler } from "./system/system-clock.ts";

/** What `createMesh` takes. A variable of the environment stands for what is left out; only resources must come from somewhere. */
export interface MeshOptions extends AccessLogOptions {
  readonly service?: ServiceOptions;
  /** URL of the registry. `INTRAMESH_REGISTRY` */
  readonly registry?: string;
  /** Bearer token for the registry. `INTRAMESH_TOKEN` */
  readonly token?: string;
  /**
   * Whose instances the registry is asked for: of services that are `called`, from their first call on, or `all` from the
   * start; `called`. `INTRAMESH_SUBSCRIBE`
   */
  readonly subscribe?: "called" | "all";
  /** Where resources come from, instead of or beside the registry; earlier ones win. `INTRAMESH_FILES` names folders, comma-separated. */
  readonly sources?: readonly ResourceSource[];
  /** Name servers for ServiceEntries of the DNS kinds, as `address` or `address:port`; those of the system. `INTRAMESH_DNS_SERVERS`, comma-separated */
  readonly dnsServers?: readonly string[];
  /** Header names that travel from inbound to outbound calls; a trailing `*` is a wildcard. `INTRAMESH_PROPAGATE`, comma-separated */
  readonly propagate?: readonly string[];
  /** What happens to hosts that nobody declares; what the registry's MeshConfig says, else `ALLOW_ANY`. `INTRAMESH_OUTBOUND_TRAFFIC_POLICY` */
  readonly outboundTrafficPolicy?: "ALLOW_ANY" | "REGISTRY_ONLY";
  /** Path on which inbound listeners answer with the metrics; `/metrics`, false for none. `INTRAMESH_METRICS_PATH`, empty for none */
  readonly metricsPath?: string | false;
  /**
   * A prom-client Registry that the program has already: the mesh's metrics go into it, and its pages show all that is in
   * it. A registry of the mesh's own where it is left out.
   */
  readonly metricsRegistry?: MetricsRegistry;
  /**
   * Series of Istio's metrics that each reporter keeps, of 64 lines each; what comes beyond is counted under `_other`;
   * 1,000. `INTRAMESH_METRICS_SERIES_LIMIT`
   */
  readonly metricsSeriesLimit?: number;
  /** Adds prom-client's default metrics of the process: memory, processor, event loop, garbage; false. `INTRAMESH_PROCESS_METRICS` */
  readonly processMetrics?: boolean;
  /** Answers that the mesh makes up become a MeshError instead; false. `INTRAMESH_THROW_ON_MESH_FAILURE` */
  readonly throwOnMeshFailure?: boolean;
  /** Folder for the last known good state; `~/.cache/intramesh`. `INTRAMESH_STATE_DIR` */
  readonly stateDirectory?: string;
  /** Largest stream body that is kept for a second attempt, in bytes; 1 MiB. `INTRAMESH_REPLAY_LIMIT_BYTES` */
  readonly replayLimitBytes?: number;
  /** How long a body, of a request or a response, may stand still before it is broken off with flag `SI`, in ms; 300,000; 0: for ever. `INTRAMESH_BODY_IDLE_TIMEOUT_MS` */
  readonly bodyIdleTimeoutMs?: number;
  /** How long the process goes on serving after it has left the registry, until its callers have heard of it, in ms; 500. `INTRAMESH_DRAIN_DELAY_MS` */
  readonly drainDelayMs?: number;
  /** How long `close()` waits for inbound requests after that, in ms; 10,000. `INTRAMESH_DRAIN_TIMEOUT_MS` */
  readonly drainTimeoutMs?: number;
  /** Close and end on SIGTERM and SIGINT where the program does not listen to them itself; true. `INTRAMESH_HANDLE_SIGNALS` */
  readonly handleSignals?: boolean;
  /** `console`, a logger of pino's, or anything with `warn` */
  readonly logger?: Logger;
  /** How much of what happens is said to the logger: `off`, `warn`, `info` or `debug`; warn. The admin port changes it. `INTRAMESH_LOG_LEVEL` */
  readonly logLevel?: LogLevel;
  /** From when on a request is slow, in ms, and its timeline kept for the admin port; 1,000. `INTRAMESH_SLOW_REQUEST_MS` */
  readonly slowRequestMs?: number;
  /** Port of loopback where the process shows its configuration and recent decisions; none. `INTRAMESH_ADMIN_PORT` */
  readonly adminPort?: number;
  /** Whose `x-intramesh-explain: 1` is listened to: `loopback`, `any` or `none`. `INTRAMESH_EXPLAIN` */
  readonly explain?: "loopback" | "any" | "none";
  /**
   * Starts OpenTelemetry's SDK, set up by its own `OTEL_…` variables, with this service as its resource; false. Needs the
   * package `@opentelemetry/sdk-node`. An SDK that the program registers itself needs no option. `INTRAMESH_TRACING`
   */
  readonly tracing?: boolean;
  /** For tests. A `clock` that schedules too is the `scheduler` where none is given. */
  readonly system?: { readonly clock?: Clock; readonly scheduler?: Scheduler; readonly random?: Random };
}

/** Options without anything left open. */
export interface ResolvedOptions extends ResolvedAccessLogOptions {
  readonly service: ResolvedService;
  readonly registry: string | undefined;
  readonly token: string | undefined;
  readonly subscribe: "called" | "all";
  readonly sources: readonly ResourceSource[];
  readonly dnsServers: readonly string[];
  readonly propagate: readonly string[];
  /** Undefined: what the mesh says. */
  readonly outboundTrafficPolicy: "ALLOW_ANY" | "REGISTRY_ONLY" | undefined;
  readonly metricsPath: string | undefined;
  readonly metricsRegistry: MetricsRegistry | undefined;
  readonly metricsSeriesLimit: number;
  readonly processMetrics: boolean;
  readonly throwOnMeshFailure: boolean;
  readonly stateDirectory: string;
  readonly replayLimitBytes: number;
  readonly bodyIdleTimeoutMs: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly handleSignals: boolean;
  readonly adminPort: number | undefined;
  readonly explain: "loopback" | "any" | "none";
  readonly tracing: boolean;
  readonly logger: LeveledLogger;
  readonly slowRequestMs: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
}

/** A registry tells a thousand clients of a change within 250 ms; as long again for clients that are busy. */
const defaultDrainDelayMs = 500;

/** As long as a lease renewal: what took longer than that was stuck. */
const defaultDrainTimeoutMs = 10_000;

/** Slower than people wait for without noticing. */
const defaultSlowRequestMs = 1_000;

/** Fills in defaults and environment variables; throws MESH_BAD_OPTION naming the option, its value and the rule. */
export function resolveOptions(options: MeshOptions, env: NodeJS.ProcessEnv = process.env): ResolvedOptions {
  const { service = {}, system = {} } = options;
  const registry = options.registry ?? env["INTRAMESH_REGISTRY"];
  const metricsPath = options.metricsPath ?? env["INTRAMESH_METRICS_PATH"] ?? "/metrics";
  const sources = options.sources ?? filesFrom(env["INTRAMESH_FILES"]);
  if (registry === undefined && sources.length === 0) {
    throw bad(
      "registry",
      undefined,
      "the URL of a registry (INTRAMESH_REGISTRY as well), unless `sources` says where resources come from",
    );
  }
  return {
    service: resolveService(service, env),
    registry: registry === undefined ? undefined : httpUrl("registry", registry),
    token: options.token ?? env["INTRAMESH_TOKEN"],
    subscribe: subscription(options.subscribe ?? env["INTRAMESH_SUBSCRIBE"] ?? "called"),
    sources,
    dnsServers: (options.dnsServers ?? listFrom(env["INTRAMESH_DNS_SERVERS"]) ?? []).map(dnsServer),
    propagate: options.propagate ?? listFrom(env["INTRAMESH_PROPAGATE"]) ?? defaultPropagatedHeaders,
    outboundTrafficPolicy: trafficPolicy(options.outboundTrafficPolicy ?? env["INTRAMESH_OUTBOUND_TRAFFIC_POLICY"]),
    metricsPath: metricsPath === false || metricsPath === "" ? undefined : metricsPath,
    metricsRegistry: options.metricsRegistry,
    metricsSeriesLimit:
      wholeNumber(
        "metricsSeriesLimit",
        options.metricsSeriesLimit ?? env["INTRAMESH_METRICS_SERIES_LIMIT"],
        " of series",
      ) ?? defaultSeriesLimit,
    processMetrics: processMetrics(options, env["INTRAMESH_PROCESS_METRICS"]),
    throwOnMeshFailure: options.throwOnMeshFailure ?? env["INTRAMESH_THROW_ON_MESH_FAILURE"] === "true",
    stateDirectory: options.stateDirectory ?? env["INTRAMESH_STATE_DIR"] ?? join(homedir(), ".cache", "intramesh"),
    replayLimitBytes:
      wholeNumber("replayLimitBytes", options.replayLimitBytes ?? env["INTRAMESH_REPLAY_LIMIT_BYTES"], " of bytes") ??
      defaultReplayLimitBytes,
    bodyIdleTimeoutMs: duration(
      "bodyIdleTimeoutMs",
      options.bodyIdleTimeoutMs ?? env["INTRAMESH_BODY_IDLE_TIMEOUT_MS"],
      defaultBodyIdleTimeoutMs,
    ),
    drainDelayMs: duration(
      "drainDelayMs",
      options.drainDelayMs ?? env["INTRAMESH_DRAIN_DELAY_MS"],
      defaultDrainDelayMs,
    ),
    drainTimeoutMs: duration(
      "drainTimeoutMs",
      options.drainTimeoutMs ?? env["INTRAMESH_DRAIN_TIMEOUT_MS"],
      defaultDrainTimeoutMs,
    ),
    handleSignals: options.handleSignals ?? env["INTRAMESH_HANDLE_SIGNALS"] !== "false",
    adminPort: adminPort(options.adminPort ?? env["INTRAMESH_ADMIN_PORT"]),
    explain: explainTrust(options.explain ?? env["INTRAMESH_EXPLAIN"] ?? "loopback"),
    tracing: options.tracing ?? tracingFrom(env["INTRAMESH_TRACING"]),
    ...accessLogOptions(options, env),
    logger: createLeveledLogger(
      options.logger ?? console,
      logLevel(options.logLevel ?? env["INTRAMESH_LOG_LEVEL"] ?? "warn"),
    ),
    slowRequestMs: duration(
      "slowRequestMs",
      options.slowRequestMs ?? env["INTRAMESH_SLOW_REQUEST_MS"],
      defaultSlowRequestMs,
    ),
    clock: system.clock ?? systemClock,
    scheduler: system.scheduler ?? (schedules(system.clock) ? system.clock : systemScheduler),
    random: system.random ?? systemRandom,
  };
}

/** A clock of a test whose timers ran on the process's time would wait for minutes that nobody moves. */
function schedules(clock: Clock | undefined): clock is Clock & Scheduler {
  return clock !== undefined && "after" in clock && typeof clock.after === "function";
}

function duration(option: string, value: number | string | undefined, fallback: number): number {
  if (value === undefined || value === "") return fallback;
  const milliseconds = Number(value);
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return milliseconds;
  throw bad(option, value, "a number of milliseconds, 0 or more");
}

function httpUrl(option: string, value: string): string {
  const url = URL.parse(value);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw bad(option, value, "an http:// or https:// URL");
  return value.replace(/\/+$/, "");
}

function trafficPolicy(value: string | undefined): ResolvedOptions["outboundTrafficPolicy"] {
  if (value === undefined || value === "ALLOW_ANY" || value === "REGISTRY_ONLY") return value;
  throw bad("outboundTrafficPolicy", value, "ALLOW_ANY or REGISTRY_ONLY");
}

/** An IPv6 address with a port stands in brackets. */
function dnsServer(value: string): string {
  const [, bracketed, rest] = /^\[(.*)\](?::(\d+))?$/.exec(value) ?? [];
  const [address, port] = bracketed === undefined ? splitPort(value) : [bracketed, rest];
  if (isIP(address) === 0 || (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535)))
    throw bad("dnsServers", value, "the IP address of a name server, with or without a port, such as 192.0.2.53:5353");
  return value;
}

function splitPort(value: string): readonly [string, string | undefined] {
  const colon = isIP(value) === 0 ? value.lastIndexOf(":") : -1;
  return colon < 0 ? [value, undefined] : [value.slice(0, colon), value.slice(colon + 1)];
}

function subscription(value: string): "called" | "all" {
  if (value === "called" || value === "all") return value;
  throw bad("subscribe", value, "called or all");
}

/** 0 takes any free port. */
function adminPort(value: number | string | undefined): number | undefined {
  return Number(value) === 0 && value !== "" ? 0 : portNumber("adminPort", value);
}

/** Whoever has a registry has them there, or does without. */
function processMetrics({ processMetrics: given, metricsRegistry }: MeshOptions, text: string | undefined): boolean {
  if (given === true && metricsRegistry !== undefined) {
    const rule = "left out beside metricsRegistry: call prom-client's collectDefaultMetrics with that registry";
    throw bad("processMetrics", given, rule);
  }
  return (given ?? text === "true") && metricsRegistry === undefined;
}

function logLevel(value: string): LogLevel {
  if (isLogLevel(value)) return value;
  throw bad("logLevel", value, "off, warn, info or debug");
}

function explainTrust(value: string): "loopback" | "any" | "none" {
  if (value === "loopback" || value === "any" || value === "none") return value;
  throw bad("explain", value, "loopback, any or none");
}

function tracingFrom(text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "false") return false;
  if (text === "true") return true;
  throw bad("tracing", text, "true or false (OTEL_TRACES_EXPORTER names the exporter: otlp, zipkin, console)");
}

/** The source that `INTRAMESH_FILES` names; none where it is unset. */
export function filesFrom(text: string | undefined): ResourceSource[] {
  const paths = listFrom(text) ?? [];
  return paths.length === 0 ? [] : [files(...paths)];
}
