import { headerOperators } from "./header-operators.ts";

/** One `%NAME(argument):length%` in a header value. */
export interface HeaderOperator {
  /** Of `headerOperators`. */
  readonly name: string;
  /** `""` where there is none. */
  readonly argument: string;
  /** Characters of the value that count; Infinity without a limit. */
  readonly length: number;
}

/** A header value in its parts: text and operators. */
export interface HeaderTemplate {
  readonly parts: readonly (string | HeaderOperator)[];
  /** What is wrong with it, whole sentences without a subject; empty where nothing is. */
  readonly problems: readonly string[];
}

/** Envoy's grammar of an operator (substitution_formatter.cc). */
const operator = /%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%/y;

/**
 * Reads the value of a header operation. `%%` is a percent sign. What cannot be read counts as text, beside its
 * problem.
 */
export function parseHeaderTemplate(text: string): HeaderTemplate {
  const parts: (string | HeaderOperator)[] = [];
  const problems: string[] = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const percent = text.indexOf("%", at);
    plain += text.slice(at, percent < 0 ? text.length : percent);
    if (percent < 0) break;
    operator.lastIndex = percent;
    const found = text.startsWith("%%", percent) ? null : operator.exec(text);
    if (found === null) {
      const isEscape = text.startsWith("%%", percent);
      if (!isEscape) problems.push(`has a stray %: write %% for a percent sign, or an operator as in ${example}`);
      plain += "%";
      at = percent + (isEscape ? 2 : 1);
      continue;
    }
    const [written, name = "", argument, length] = found;
    const problem = problemOf(name, argument, length);
    if (problem !== undefined) problems.push(`has ${written}, ${problem}`);
    if (plain !== "") parts.push(plain);
    plain = "";
    parts.push({ name, argument: argument ?? "", length: length === undefined ? Number.POSITIVE_INFINITY : +length });
    at = percent + written.length;
  }
  if (plain !== "" || parts.length === 0) parts.push(plain);
  return { parts, problems };
}

const example = "%REQ(x-request-id)%";

function problemOf(name: string, argument: string | undefined, length: string | undefined): string | undefined {
  const syntax = headerOperators.get(name);
  if (syntax === undefined)
    return `which is no operator of Envoy's: use one as in ${example}, or %% for a percent sign`;
  if (syntax.argument === "required" && !argument) return `which needs an argument, as in %${name}(name)%`;
  if (syntax.argument === "none" && argument !== undefined) return `which takes no argument: write %${name}%`;
  if (!syntax.length && length !== undefined) return `which takes no length: drop :${length}`;
  const takesHeaders = name === "REQ" || name === "RESP" || name === "TRAILER" || name === "REQ_WITHOUT_QUERY";
  if (takesHeaders && argument!.split("?").length > 2) return "which names more than one other header: one at most";
  return undefined;
}
