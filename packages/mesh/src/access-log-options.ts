import { accessLogFormatProblems } from "@intramesh/config";
import { MeshError } from "@intramesh/core";
import type { MeshOptions, ResolvedOptions } from "./options.ts";

type AccessLogOptions = Pick<ResolvedOptions, "accessLog" | "accessLogFormat" | "accessLogEncoding">;

/** The options on access logs; throws MESH_BAD_OPTION naming the option, its value and the rule. */
export function accessLogOptions(options: MeshOptions, env: NodeJS.ProcessEnv): AccessLogOptions {
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
