import { type MeshAccessLog, parseHeaderTemplate } from "@intramesh/core";
import type { Place } from "../../validate/place.ts";
import { isRecord } from "../../validate/shape.ts";

/** A MeshConfig's fields on access logs. */
export interface MeshAccessLogFields {
  readonly accessLogFile?: string;
  readonly accessLogFormat?: string;
  readonly accessLogEncoding?: "TEXT" | "JSON";
}

/** What they mean; undefined where there are none. */
export function meshAccessLog(fields: MeshAccessLogFields, place: Place): MeshAccessLog | undefined {
  const { accessLogFile, accessLogFormat, accessLogEncoding: encoding = "TEXT" } = fields;
  if (accessLogFile === undefined && accessLogFormat === undefined && fields.accessLogEncoding === undefined) {
    return undefined;
  }
  const file = accessLogFile === "/dev/stdout" || accessLogFile === "/dev/stderr" ? accessLogFile : undefined;
  if (accessLogFile && file === undefined) {
    // A mesh's settings reach many machines: which files a process writes is its own matter.
    place
      .field("accessLogFile")
      .warn(
        `"${accessLogFile}" is not written: mesh settings switch /dev/stdout or /dev/stderr on; for a file give the process INTRAMESH_ACCESS_LOG`,
      );
  }
  const format = accessLogFormat === "" ? undefined : accessLogFormat;
  if (format !== undefined) {
    for (const problem of accessLogFormatProblems(format, encoding)) place.field("accessLogFormat").error(problem);
  }
  return { file, format, encoding };
}

/** What is wrong with a format, sentences without a subject; in JSON encoding it is an object of such texts. */
export function accessLogFormatProblems(format: string, encoding: "TEXT" | "JSON"): readonly string[] {
  if (encoding === "TEXT") return parseHeaderTemplate(format).problems;
  let fields: unknown;
  try {
    fields = JSON.parse(format);
  } catch {
    fields = undefined;
  }
  if (!isRecord(fields) || !Object.values(fields).every((value) => typeof value === "string")) {
    return ['is no JSON object of texts, as accessLogEncoding JSON asks for: {"code": "%RESPONSE_CODE%"}'];
  }
  return Object.entries(fields).flatMap(([name, value]) =>
    parseHeaderTemplate(value as string).problems.map((problem) => `: ${name} ${problem}`),
  );
}
