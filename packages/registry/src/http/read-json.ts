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

/** The engine leaves the position out of some of its messages. */
function brokenAt(body: string, message: string): string {
  if (message.includes("position")) return message;
  const position = message.startsWith("Unexpected end") ? body.length : firstWrong(body);
  const before = body.slice(0, position).split("\n");
  const reason = message.replace(/, .* is not valid JSON$/s, "");
  return `${reason} at position ${position} (line ${before.length} column ${before.at(-1)!.length + 1})`;
}

/** Every beginning of the text up to the wrong character is merely unfinished, every longer one is wrong. */
function firstWrong(body: string): number {
  let unfinished = 0;
  let wrong = body.length;
  while (wrong - unfinished > 1) {
    const middle = (unfinished + wrong) >> 1;
    if (isUnfinished(body.slice(0, middle))) unfinished = middle;
    else wrong = middle;
  }
  return unfinished;
}

function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as SyntaxError;
    return !message.startsWith("Unexpected token");
  }
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
