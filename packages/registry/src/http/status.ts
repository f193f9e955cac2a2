import type { KindInfo } from "@intramesh/config";

/** One reason of many, as Kubernetes reports it. */
export interface StatusCause {
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "UnexpectedServerResponse";
  readonly message: string;
  /** `spec.http[0].timeout` */
  readonly field: string;
}

/** What the answer is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  /** The plural name, or the kind itself where the object is invalid. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** Kubernetes' answer to everything that is not an object. */
export interface Status {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** A request that is answered with a Status; the server's error handler sends it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: Status;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason } as const;
    this.status = details === undefined ? { ...body, code } : { ...body, details, code };
  }
}

/** `virtualservices.networking.istio.io`; `services` for the core group. */
function groupResource(info: KindInfo): string {
  return info.group === "" ? info.plural : `${info.plural}.${info.group}`;
}

/** 404 for one object. */
export function notFound(info: KindInfo, name: string): ApiError {
  return new ApiError(404, "NotFound", `${groupResource(info)} "${name}" not found`, about(info, name));
}

/** 404 for a path that nothing is served at. */
export function noSuchPath(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

/** 409 for a name that is taken. */
export function alreadyExists(info: KindInfo, name: string): ApiError {
  return new ApiError(409, "AlreadyExists", `${groupResource(info)} "${name}" already exists`, about(info, name));
}

/** 409 for a write on top of a state that is not the newest. */
export function conflict(info: KindInfo, name: string): ApiError {
  const message =
    `Operation cannot be fulfilled on ${groupResource(info)} "${name}": the object has been modified; ` +
    "please apply your changes to the latest version and try again";
  return new ApiError(409, "Conflict", message, about(info, name));
}

/** 422 with one cause per finding. */
export function invalid(kind: string, group: string, name: string, causes: readonly StatusCause[]): ApiError {
  const findings = causes.map((cause) => (cause.field === "" ? cause.message : `${cause.field}: ${cause.message}`));
  const list = findings.length === 1 ? findings[0]! : `[${findings.join(", ")}]`;
  const subject = group === "" ? kind : `${kind}.${group}`;
  return new ApiError(422, "Invalid", `${subject} "${name}" is invalid: ${list}`, { name, group, kind, causes });
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** 403: understood, and refused. */
export function forbidden(message: string): ApiError {
  return new ApiError(403, "Forbidden", message);
}

/** 405 for a path that exists. */
export function methodNotAllowed(): ApiError {
  return new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
}

/** 410: the history that the watch asks for is gone, or has never been here. */
export function expired(requested: number, oldest: number): ApiError {
  return new ApiError(410, "Expired", `too old resource version: ${requested} (${oldest})`);
}

/** 415 naming what would do. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

/** 404 for a watch stream that has ended, or never was. */
export function noSuchStream(id: string): ApiError {
  return new ApiError(404, "NotFound", `no watch stream "${id}" is open: open another one`, {});
}

/** 429 that asks clients to come back. */
export function tooManyRequests(message: string, retryAfterSeconds: number): ApiError {
  return new ApiError(429, "TooManyRequests", message, { retryAfterSeconds });
}

/** 503 that asks clients to come back. */
export function unavailable(message: string, retryAfterSeconds: number): ApiError {
  return new ApiError(503, "ServiceUnavailable", message, { retryAfterSeconds });
}

function about(info: KindInfo, name: string): StatusDetails {
  return info.group === "" ? { name, kind: info.plural } : { name, group: info.group, kind: info.plural };
}
