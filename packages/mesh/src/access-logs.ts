import type { AccessLogRule, TelemetryPolicy } from "@intramesh/core";
import { compileOperatorReader } from "@intramesh/routing";
import {
  type AccessLogFormat,
  compileLogFilter,
  compileLogFormat,
  type LogFilter,
  type LoggedRequest,
  type LogSink,
  openLogSink,
} from "@intramesh/telemetry";
import type { ResolvedOptions } from "./options.ts";

/** The access log of one side. */
export interface AccessLog {
  /** Writes the line of a request that has ended, unless the filter leaves it out. */
  log(logged: LoggedRequest): void;
}

/** The access logs of a process. */
export interface AccessLogs {
  /** Of requests that it makes; undefined while they are not logged. */
  readonly client: AccessLog | undefined;
  /** Of requests that it answers. */
  readonly server: AccessLog | undefined;
  /** Takes over what the resources say; warns of what cannot be done. */
  apply(policy: TelemetryPolicy): void;
  /** For the admin port: where lines go and which. */
  describe(): object;
  /** Writes what is left. */
  close(): Promise<void>;
}

/** Istio's own provider: the only one that writes here. */
const ownProvider = "envoy";

type Options = Pick<ResolvedOptions, "accessLog" | "accessLogFormat" | "accessLogEncoding" | "clock" | "logger">;

/** Nothing is opened or loaded before something is to be logged. */
export function createAccessLogs({
  accessLog: ownFile,
  accessLogFormat,
  accessLogEncoding,
  clock,
  logger,
}: Options): AccessLogs {
  const said = new Set<string>();
  let applied: TelemetryPolicy | undefined;
  let sink: { readonly file: string; readonly stream: LogSink } | undefined;
  let closings: readonly Promise<void>[] = [];
  let client: AccessLog | undefined;
  let server: AccessLog | undefined;
  let shown: object = {};

  function warn(message: string): void {
    if (said.has(message)) return;
    said.add(message);
    logger.warn(`intramesh: ${message}`);
  }

  function streamTo(file: string): LogSink {
    if (sink?.file === file) return sink.stream;
    if (sink !== undefined) closings = [...closings, sink.stream.close()];
    sink = { file, stream: openLogSink(file, () => clock.now(), warn) };
    return sink.stream;
  }

  function ruleOf(rules: readonly AccessLogRule[] | undefined, isOn: boolean): AccessLogRule | undefined {
    if (ownFile === false) return undefined;
    if (rules === undefined) return isOn ? { provider: ownProvider, filter: undefined } : undefined;
    for (const { provider } of rules) {
      if (provider !== ownProvider)
        warn(`nothing is logged for the access log provider ${provider}: the only one here is ${ownProvider}`);
    }
    return rules.find(({ provider }) => provider === ownProvider);
  }

  function filterOf({ filter }: AccessLogRule): LogFilter | undefined {
    if (filter === undefined) return undefined;
    const { accepts, problem } = compileLogFilter(filter);
    if (problem !== undefined)
      warn(`the access log's filter ${filter} ${problem}. Every request is logged until it is set right`);
    return accepts;
  }

  function open(rule: AccessLogRule | undefined, file: string, format: AccessLogFormat): AccessLog | undefined {
    if (rule === undefined) return undefined;
    const stream = streamTo(file);
    const accepts = filterOf(rule);
    const line = compileLogFormat(format, compileOperatorReader);
    return {
      log(logged) {
        if (accepts === undefined || accepts(logged)) stream.write(line(logged));
      },
    };
  }

  return {
    get client() {
      return client;
    },
    get server() {
      return server;
    },
    apply(policy) {
      if (policy === applied) return;
      applied = policy;
      const { meshLog } = policy;
      const isOn = ownFile !== undefined || meshLog.file !== undefined;
      const rules = { client: ruleOf(policy.client.accessLog, isOn), server: ruleOf(policy.server.accessLog, isOn) };
      const file = (ownFile === false ? undefined : ownFile) ?? meshLog.file ?? "/dev/stdout";
      // Who says how lines are encoded says what they look like too.
      const format: AccessLogFormat =
        accessLogFormat === undefined && accessLogEncoding === undefined
          ? { format: meshLog.format, encoding: meshLog.encoding }
          : { format: accessLogFormat, encoding: accessLogEncoding ?? "TEXT" };
      client = open(rules.client, file, format);
      server = open(rules.server, file, format);
      if (client === undefined && server === undefined && sink !== undefined) {
        closings = [...closings, sink.stream.close()];
        sink = undefined;
      }
      const shownOf = (rule: AccessLogRule | undefined): object | null =>
        rule === undefined ? null : { file, ...format, filter: rule.filter ?? null };
      shown = { client: shownOf(rules.client), server: shownOf(rules.server) };
    },
    describe: () => shown,
    async close() {
      await Promise.all([...closings, sink?.stream.close()]);
    },
  };
}
