import { createRequire } from "node:module";
import { attributeNames, attributesOf } from "./log-attributes.ts";
import type { LoggedRequest } from "./logged-request.ts";

// Not an import: without filters nothing of the library is loaded.
type Cel = typeof import("@marcbachmann/cel-js");
type CelEvaluator = typeof import("@marcbachmann/cel-js/evaluator");
type ASTNode = import("@marcbachmann/cel-js").ASTNode;

/** Whether a request is logged. */
export type LogFilter = (logged: LoggedRequest) => boolean;

/** A filter, or why there is none: a sentence without a subject. */
export type CompiledLogFilter =
  | { readonly accepts: LogFilter; readonly problem?: undefined }
  | { readonly accepts?: undefined; readonly problem: string };

/**
 * Compiles an expression in CEL, as the Telemetry resource's `accessLogging.filter` has it. Loads the library for CEL
 * here and not before. As in Envoy a request is not logged where the expression has no value: an attribute that it lacks.
 */
export function compileLogFilter(expression: string): CompiledLogFilter {
  const require = createRequire(import.meta.url);
  const { Environment } = require("@marcbachmann/cel-js") as Cel;
  const { Duration } = require("@marcbachmann/cel-js/evaluator") as CelEvaluator;
  const durationOf = (ms: number): unknown => Duration.fromMilliseconds(ms);
  const environment = new Environment();
  for (const root of new Set([...attributeNames].map(rootOf))) environment.registerVariable(root, "dyn");
  try {
    const evaluate = environment.parse(expression);
    const { valid, error, type } = evaluate.check();
    if (!valid) return { problem: summaryOf(error) };
    if (type !== "bool" && type !== "dyn") return { problem: `is of type ${type}: a filter says true or false` };
    const names = { request: new Set<string>(), response: new Set<string>() };
    const problem = findProblem(evaluate.ast, names);
    if (problem !== undefined) return { problem };
    return { accepts: (logged) => isTrue(() => evaluate(attributesOf(logged, names, durationOf))) };
  } catch (error) {
    return { problem: summaryOf(error) };
  }
}

function isTrue(evaluate: () => unknown): boolean {
  try {
    return evaluate() === true;
  } catch {
    return false;
  }
}

/** Its first line: the rest draws where in the expression it is. */
function summaryOf(error: unknown): string {
  const [summary = ""] = (error as Error).message.split("\n");
  return `cannot be read: ${summary}`;
}

/** Looks for what has no meaning here, and gathers the headers that are asked for. */
function findProblem(
  node: ASTNode,
  headers: { readonly request: Set<string>; readonly response: Set<string> },
): string | undefined {
  const text = literalOf(node);
  if (text !== undefined) {
    // A header is named by a literal, before or after its map: both sides get every one of them.
    headers.request.add(text.toLowerCase());
    headers.response.add(text.toLowerCase());
    return undefined;
  }
  if (node.op === "id") return attributeProblem(node.args);
  if (node.op === ".") {
    const [object, field] = node.args;
    const path = pathOf(node);
    if (path !== undefined && path.split(".").length === 2) {
      return attributeNames.has(path) ? undefined : `names ${path}, which is not known here`;
    }
    if (pathOf(object) === "request.headers") headers.request.add(field.toLowerCase());
    if (pathOf(object) === "response.headers") headers.response.add(field.toLowerCase());
    return findProblem(object, headers);
  }
  if ((node.op === "rcall" || node.op === "call") && node.args[0] === "matches")
    return "uses matches(), which is not taken: startsWith, endsWith, contains and == are";
  for (const child of childrenOf(node.args)) {
    const problem = findProblem(child, headers);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function attributeProblem(name: string): string | undefined {
  const isRoot = [...attributeNames].some((attribute) => rootOf(attribute) === name);
  return isRoot ? `uses ${name} as a whole: name one of its attributes` : undefined;
}

function literalOf(node: ASTNode): string | undefined {
  return node.op === "value" && typeof node.args === "string" ? node.args : undefined;
}

/** `request.headers` of the node that says so. */
function pathOf(node: ASTNode): string | undefined {
  if (node.op === "id") return node.args;
  if (node.op !== ".") return undefined;
  const [object, field] = node.args;
  const before = pathOf(object);
  return before === undefined ? undefined : `${before}.${field}`;
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  // Nodes are the only objects with an operator.
  return typeof args === "object" && args !== null && "op" in args ? [args as ASTNode] : [];
}

function rootOf(attribute: string): string {
  return attribute.slice(0, attribute.indexOf("."));
}
