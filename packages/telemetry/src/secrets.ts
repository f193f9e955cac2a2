/** What stands in the place of a secret, as in OpenTelemetry's conventions. */
export const redacted = "REDACTED";

/**
 * Query parameters whose values let a reader act for somebody: signatures, for which the conventions ask (`url.full`), and
 * tokens, keys and passwords by their usual names.
 */
const parameters =
  /([?&](?:AWSAccessKeyId|Signature|sig|X-Goog-(?:Signature|Credential)|X-Amz-(?:Signature|Credential|Security-Token)|(?:access|id|refresh|auth|api|session|security)?[_-]?token|(?:api|access|secret|subscription)[_-]?key|(?:client[_-]?)?secret|passw(?:or)?d|pwd|jwt|credentials?)=)[^&#]*/gi;

/** Headers whose values do the same. */
const headers =
  /^(?:proxy-)?authorization$|^(?:set-)?cookie2?$|token|secret|passw|credential|api-?key|access-?key|subscription-?key|jwt|session/i;

/** A path with its query, or a URL, without the values of secrets in its query. */
export function withoutSecrets(path: string): string {
  return path.includes("?") ? path.replace(parameters, `$1${redacted}`) : path;
}

/** Whether the values of a header are kept from who looks at requests. */
export function isSecretHeader(name: string): boolean {
  return headers.test(name);
}
