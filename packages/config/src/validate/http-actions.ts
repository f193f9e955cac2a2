import type { HttpDirectResponse, HttpMatchRequest, HttpRedirect, HttpRewrite } from "../spec/virtual-service.ts";
import { checkLine } from "./http-headers.ts";
import { checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { checkRegex } from "./string-match.ts";

/** Istio's limits for the body of a direct response, in bytes. */
const maxBodyBytes = 1_048_576;
const largeBodyBytes = 102_400;

/** Statuses for which Envoy has a redirect; others pass Istio's check and then do nothing. */
const redirectCodes: readonly number[] = [301, 302, 303, 307, 308];

/** Checks a redirect; `matches` are those of its rule, which prefixRewrite depends on. */
export function checkRedirect(redirect: HttpRedirect, matches: readonly HttpMatchRequest[], place: Place): void {
  const { uri, authority, prefixRewrite, scheme, port, derivePort, redirectCode = 0 } = redirect;
  const changes = [uri, authority, prefixRewrite, scheme, port, derivePort].filter(
    (value) => value !== undefined && value !== "",
  );
  if (changes.length === 0)
    place.error("changes nothing: it needs uri, prefixRewrite, authority, scheme, port or derivePort");
  checkLine(uri, place.field("uri"));
  checkLine(prefixRewrite, place.field("prefixRewrite"));
  checkLine(authority, place.field("authority"));
  if (uri && prefixRewrite) place.error("uri and prefixRewrite exclude each other: keep one");
  if (prefixRewrite && matches.some((match) => match.uri !== undefined && match.uri.prefix === undefined)) {
    place.field("prefixRewrite").error("needs a prefix to replace: every uri match of the rule must be a prefix");
  }
  if (scheme && scheme !== "http" && scheme !== "https")
    place.field("scheme").error(`"${scheme}" is not http or https`);
  if (port !== undefined && derivePort !== undefined) place.error("port and derivePort exclude each other: keep one");
  if (port !== undefined && port !== 0) checkPort(port, place.field("port"));
  if (redirectCode === 0) return;
  if (redirectCode < 300 || redirectCode > 399)
    place.field("redirectCode").error(`${redirectCode} is not a redirect: 300 to 399`);
  else if (!redirectCodes.includes(redirectCode)) {
    place.field("redirectCode").warn(`${redirectCode} cannot be sent: use ${redirectCodes.join(", ")}`);
  }
}

/** Checks a direct response: its status, and a body of reasonable size. */
export function checkDirectResponse({ status, body }: HttpDirectResponse, place: Place): void {
  if (status === undefined || status < 200 || status > 600) {
    place.field("status").error(`${status ?? "nothing"} is not a status to answer with: 200 to 600`);
  }
  if (body?.string !== undefined && body.bytes !== undefined)
    place.field("body").error("string and bytes exclude each other: keep one");
  const bytes = body?.string === undefined ? ((body?.bytes?.length ?? 0) * 3) / 4 : utf8Length(body.string);
  if (bytes > maxBodyBytes) place.field("body").error(`has ${Math.floor(bytes)} bytes: at most ${maxBodyBytes}`);
  else if (bytes > largeBodyBytes)
    place.field("body").warn(`has ${Math.floor(bytes)} bytes: every client keeps it in memory`);
}

/** Checks a rewrite: it changes something, in one way. */
export function checkRewrite({ uri, authority, uriRegexRewrite }: HttpRewrite, place: Place): void {
  if (!uri && !authority && uriRegexRewrite === undefined)
    place.error("changes nothing: it needs uri, uriRegexRewrite or authority");
  checkLine(uri, place.field("uri"));
  checkLine(authority, place.field("authority"));
  if (uriRegexRewrite === undefined) return;
  const regexPlace = place.field("uriRegexRewrite");
  if (uri) place.error("uri and uriRegexRewrite exclude each other: keep one");
  if (!uriRegexRewrite.match || !uriRegexRewrite.rewrite) regexPlace.error("needs both match and rewrite");
  checkLine(uriRegexRewrite.rewrite, regexPlace.field("rewrite"));
  if (uriRegexRewrite.match) checkRegex(uriRegexRewrite.match, regexPlace.field("match"));
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
