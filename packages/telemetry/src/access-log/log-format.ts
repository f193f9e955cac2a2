import { type HeaderOperator, parseHeaderTemplate } from "@intramesh/core";
import type { CompileOperator, LoggedRequest } from "./logged-request.ts";

/** How lines look. */
export interface AccessLogFormat {
  readonly encoding: "TEXT" | "JSON";
  /** Text with Envoy's operators; in JSON an object of such texts, as JSON. Undefined: `defaultTextFormat`, `defaultJsonFormat`. */
  readonly format: string | undefined;
}

/** Envoy's format with what Istio adds (pilot's model/telemetry_logging.go), without the newline. */
export const defaultTextFormat: string =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% ' +
  '%BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER_RAW% %UPSTREAM_LOCAL_ADDRESS% ' +
  "%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%";

/** The same as an object, by Istio's names. */
export const defaultJsonFormat: Readonly<Record<string, string>> = {
  start_time: "%START_TIME%",
  method: "%REQ(:METHOD)%",
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%",
  protocol: "%PROTOCOL%",
  response_code: "%RESPONSE_CODE%",
  response_flags: "%RESPONSE_FLAGS%",
  response_code_details: "%RESPONSE_CODE_DETAILS%",
  connection_termination_details: "%CONNECTION_TERMINATION_DETAILS%",
  upstream_transport_failure_reason: "%UPSTREAM_TRANSPORT_FAILURE_REASON%",
  bytes_received: "%BYTES_RECEIVED%",
  bytes_sent: "%BYTES_SENT%",
  duration: "%DURATION%",
  upstream_service_time: "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%",
  x_forwarded_for: "%REQ(X-FORWARDED-FOR)%",
  user_agent: "%REQ(USER-AGENT)%",
  request_id: "%REQ(X-REQUEST-ID)%",
  authority: "%REQ(:AUTHORITY)%",
  upstream_host: "%UPSTREAM_HOST%",
  upstream_cluster: "%UPSTREAM_CLUSTER_RAW%",
  upstream_local_address: "%UPSTREAM_LOCAL_ADDRESS%",
  downstream_local_address: "%DOWNSTREAM_LOCAL_ADDRESS%",
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%",
  requested_server_name: "%REQUESTED_SERVER_NAME%",
  route_name: "%ROUTE_NAME%",
};

type Line = (logged: LoggedRequest) => string;

/** Makes lines, without their newline, of requests. The format is a checked one. */
export function compileLogFormat({ encoding, format }: AccessLogFormat, compile: CompileOperator): Line {
  if (encoding === "TEXT") return compileText(format ?? defaultTextFormat, compile);
  return compileJson(format === undefined ? defaultJsonFormat : JSON.parse(format), compile);
}

/** What has no value is `-`, as in Envoy. */
function compileText(format: string, compile: CompileOperator): Line {
  // A format of Envoy's ends in the newline that is written anyway.
  const { parts } = parseHeaderTemplate(format.replace(/\n$/, ""));
  const readers = parts.map((part) => (typeof part === "string" ? part : compileValue(part, compile)));
  return (logged) => {
    let line = "";
    for (const part of readers) line += typeof part === "string" ? part : part(logged);
    return line;
  };
}

/** Operators whose values are the mesh's own words, numbers and addresses: there is nothing in them to look for. */
const plainOperators: ReadonlySet<string> = new Set(
  `START_TIME EMIT_TIME PROTOCOL RESPONSE_CODE RESPONSE_FLAGS RESPONSE_CODE_DETAILS BYTES_RECEIVED BYTES_SENT DURATION
  RESPONSE_DURATION UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_HOST DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_REMOTE_ADDRESS`.split(
    /\s+/,
  ),
);

function compileValue(operator: HeaderOperator, compile: CompileOperator): Line {
  const read = compile(operator);
  if (plainOperators.has(operator.name)) return (logged) => read(logged) ?? "-";
  return (logged) => printable(read(logged) ?? "-");
}

function compileJson(fields: Readonly<Record<string, string>>, compile: CompileOperator): Line {
  const readers = Object.entries(fields).map(([name, text]) => [name, compileField(text, compile)] as const);
  return (logged) =>
    JSON.stringify(Object.fromEntries(readers.map(([name, read]) => [name, read(logged)]))).replace(
      leftByJson,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/** One operator alone keeps its type, and is null where it has no value, as in Envoy; among text it is text. */
function compileField(text: string, compile: CompileOperator): (logged: LoggedRequest) => string | number | null {
  const { parts } = parseHeaderTemplate(text);
  const [first] = parts;
  if (parts.length !== 1 || first === undefined || typeof first === "string") return compileText(text, compile);
  const read = compile(first);
  if (!isNumeric(first)) return (logged) => read(logged) ?? null;
  return (logged) => {
    const value = read(logged);
    return value === undefined ? null : Number(value);
  };
}

const numericOperators: ReadonlySet<string> = new Set([
  "RESPONSE_CODE",
  "BYTES_RECEIVED",
  "BYTES_SENT",
  "DURATION",
  "RESPONSE_DURATION",
  "UPSTREAM_REQUEST_ATTEMPT_COUNT",
  "GRPC_STATUS_NUMBER",
]);

function isNumeric({ name }: HeaderOperator): boolean {
  return numericOperators.has(name);
}

/**
 * C0, DEL, C1 and the separators of lines and paragraphs: what came from outside begins no line of its own, and tells no
 * terminal what to do. A quote, and the backslash that writes the others, would end a field early.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\x00-\x1f\x7f-\x9f\u2028\u2029"\\]/g;
/** Those of them that `JSON.stringify` leaves. */
const leftByJson = /[\x7f-\x9f\u2028\u2029]/g;

function printable(value: string): string {
  return value.replace(unprintable, (letter) => {
    const code = letter.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`;
  });
}
