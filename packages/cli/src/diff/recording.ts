import type { Labels } from "@intramesh/core";

/** Head of a request that a process sent. */
export interface RecordedRequest {
  readonly method: string;
  readonly scheme: string;
  /** Host as the caller wrote it, with its port where it has one. */
  readonly authority: string;
  /** With its query. */
  readonly path: string;
  /** Those that the configuration looked at when it was sent, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What one process sent lately, oldest first. */
export interface Recording {
  readonly client: {
    readonly service: string;
    readonly namespace: string;
    readonly labels: Labels;
    /** Undefined where the file does not say. */
    readonly instance: string | undefined;
  };
  readonly requests: readonly RecordedRequest[];
}

/** Reads what `GET <admin>/recorded` answers. A text where it is not that: what is expected, and where. */
export function parseRecording(value: unknown): Recording | string {
  if (!isRecord(value) || !isRecord(value["client"])) return 'expected is {"client": {…}, "requests": […]}';
  const { service, namespace, labels = {}, instance } = value["client"];
  const { requests } = value;
  if (!isText(service)) return "client.service: expected is the name of a service";
  if (!isText(namespace)) return "client.namespace: expected is the name of a namespace";
  if (!isTextRecord(labels)) return "client.labels: expected is a map of text to text";
  if (!Array.isArray(requests)) return "requests: expected is a list";
  const wrong = requests.findIndex((request) => !isRequest(request));
  if (wrong >= 0)
    return `requests[${wrong}]: expected are method, scheme, authority, path as text, and headers as a map`;
  const client = { service, namespace, labels, instance: isText(instance) ? instance : undefined };
  return { client, requests: requests as readonly RecordedRequest[] };
}

function isRequest(value: unknown): boolean {
  if (!isRecord(value) || !isTextRecord(value["headers"])) return false;
  return isText(value["method"]) && isText(value["scheme"]) && isText(value["authority"]) && isText(value["path"]);
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
