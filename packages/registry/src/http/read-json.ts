import { badRequest } from "./status.ts";

/**
 * Deepest nesting of a body. A resource needs about twelve levels; code that walks what it gets may recurse
 * once per level.
 */
const maxDepth = 100;

/** Reads a request's body as one JSON value; an ApiError says where it breaks. */
export function readJson(body: string): unknown {
  if (body.trim() === "") throw badRequest("the request has no body, a JSON object was expected");
  checkDepth(body);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw badRequest(`the body is not JSON: ${brokenAt(body, (cause as SyntaxError).message)}`);
  }
}

/** Reads a request's body as a JSON object. */
export function readJsonObject(body: string): Record<string, unknown> {
  const value = readJson(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest(
    `the body is ${Array.isArray(value) ? "a list" : JSON.stringify(value)}, a JSON object was expected`,
  );
}

/** The engine names the position only in some of its messages; one that names none means the end of the text. */
function brokenAt(body: string, message: string): string {
  if (message.includes("position")) return message;
  const lines = body.split("\n");
  return `${message} at position ${body.length} (line ${lines.length} column ${lines.at(-1)!.length + 1})`;
}

function checkDepth(body: string): void {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    if (quoted) {
      if (code === backslash) at++;
      else if (code === quote) quoted = false;
    } else if (code === quote) quoted = true;
    else if (code === openBrace || code === openBracket) {
      if (++depth > maxDepth) throw badRequest(`the body nests deeper than ${maxDepth} levels at position ${at}`);
    } else if (code === closeBrace || code === closeBracket) depth--;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
