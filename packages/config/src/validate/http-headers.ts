import { headerOperators, parseHeaderTemplate } from "@intramesh/core";
import { isAuthority } from "../policy/translate-headers.ts";
import type { HeaderOperationsSpec, HeadersSpec } from "../spec/virtual-service.ts";
import type { Place } from "./place.ts";

/** RFC 9110 token. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const headerNameRule = "letters, digits and -_.!#$&'*+^`|~";

/** Why a text is no name of a header; undefined where it is one. */
export function findHeaderNameFault(name: string): string | undefined {
  if (name === "") return "a header needs a name";
  return headerName.test(name) ? undefined : `"${name}" is not a header name: ${headerNameRule}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const controlCharacter = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Checks header operations of a rule or a destination. */
export function checkHeaders(headers: HeadersSpec | undefined, place: Place): void {
  checkOperations(headers?.request, place.field("request"), true);
  checkOperations(headers?.response, place.field("response"), false);
}

function checkOperations(operations: HeaderOperationsSpec | undefined, place: Place, allowsHost: boolean): void {
  for (const kind of ["set", "add"] as const) {
    for (const [name, value] of Object.entries(operations?.[kind] ?? {})) {
      const entry = place.field(kind).at(name);
      if (!(allowsHost && isAuthority(name))) checkName(name, entry);
      checkValue(value, entry);
    }
  }
  for (const [at, name] of (operations?.remove ?? []).entries()) checkName(name, place.field("remove").at(at));
}

function checkName(name: string, place: Place): void {
  if (isAuthority(name)) {
    place.error(`"${name}" is the request's authority: it can be set or added on requests, nothing else`);
    return;
  }
  const fault = name.startsWith(":") ? `"${name}" is a pseudo-header: it cannot be changed` : findHeaderNameFault(name);
  if (fault !== undefined) place.error(fault);
}

/** Checks a text that becomes part of a request line or a header: in one line, without control characters. */
export function checkLine(text: string | undefined, place: Place): void {
  if (text !== undefined && controlCharacter.test(text)) place.error("has a control character: text in one line only");
}

function checkValue(value: string, place: Place): void {
  if (controlCharacter.test(value)) place.error("the value has a control character: text in one line only");
  if (!value.includes("%")) return;
  const { parts, problems } = parseHeaderTemplate(value);
  for (const problem of problems) place.error(`"${value}" ${problem}`);
  for (const part of parts) {
    if (typeof part === "string" || headerOperators.get(part.name)?.known !== false) continue;
    place.warn(`%${part.name}% has no value where the process itself calls: it is left out`);
  }
}
