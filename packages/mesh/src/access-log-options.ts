import { accessLogFormatProblems } from "@intramesh/config";
import { MeshError } from "@intramesh/core";

/** What a program may say of access logs. */
export interface AccessLogOptions {
  /**
   * Where a line for each request is written, inbound and outbound: `stdout`, `stderr` or the path of a file; `false` for
   * nowhere, whatever resources say; what Telemetry resources and the mesh's settings say. `INTRAMESH_ACCESS_LOG`, `off` for false
   */
  readonly accessLog?: string | false;
  /** Text with Envoy's operators, in JSON encoding an object of such texts as JSON; Istio's default. `INTRAMESH_ACCESS_LOG_FORMAT` */
  readonly accessLogFormat?: string;
  /** `text` or `json`; text. `INTRAMESH_ACCESS_LOG_ENCODING` */
  readonly accessLogEncoding?: "text" | "json";
}

/** The same without anything left open. */
export interface ResolvedAccessLogOptions {
  /** Path of a file, `/dev/stdout` and `/dev/stderr` among them; false: none; undefined: what the mesh says. */
  readonly accessLog: string | false | undefined;
  readonly accessLogFormat: string | undefined;
  readonly accessLogEncoding: "TEXT" | "JSON" | undefined;
}

/** Reads options and variables; throws MESH_BAD_OPTION naming the option, its value and the rule. */
export function accessLogOptions(options: AccessLogOptions, env: NodeJS.ProcessEnv): ResolvedAccessLogOptions {
  const accessLogEncoding = encodingOf(options.accessLogEncoding ?? env["INTRAMESH_ACCESS_LOG_ENCODING"]);
  const accessLogFormat = textOf(options.accessLogFormat ?? env["INTRAMESH_ACCESS_LOG_FORMAT"]);
  if (accessLogFormat !== undefined) {
    const [problem] = accessLogFormatProblems(accessLogFormat, accessLogEncoding ?? "TEXT");
    if (problem !== undefined) throw bad("accessLogFormat", accessLogFormat, `a format of Envoy's: it ${problem}`);
  }
  return { accessLog: fileOf(options.accessLog ?? env["INTRAMESH_ACCESS_LOG"]), accessLogFormat, accessLogEncoding };
}

function fileOf(value: string | false | undefined): string | false | undefined {
  if (value === "stdout" || value === "stderr") return `/dev/${value}`;
  if (value === "off" || value === "false") return false;
  return value === false ? false : textOf(value);
}

function encodingOf(value: string | undefined): "TEXT" | "JSON" | undefined {
  const text = textOf(value)?.toUpperCase();
  if (text === undefined || text === "TEXT" || text === "JSON") return text;
  throw bad("accessLogEncoding", value, "text or json");
}

function textOf(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function bad(option: string, value: unknown, rule: string): MeshError {
  return new MeshError("MESH_BAD_OPTION", `option ${option} is ${JSON.stringify(value)}; it must be ${rule}`);
}
