import { type Issue, parseResource, type Resource } from "@intramesh/config";

/** A resource, or every reason why an object is none. */
export type Acceptance =
  | { readonly resource: Resource; readonly issues?: never }
  | { readonly resource?: never; readonly issues: readonly Issue[] };

/** Checks an object from outside. Never throws, whatever it is given. */
export function acceptResource(input: unknown): Acceptance {
  const shape = shapeIssues(input);
  if (shape.length > 0) return { issues: shape };
  const { resource, issues } = parseResource(input);
  return resource === undefined ? { issues: issues.filter(({ severity }) => severity === "error") } : { resource };
}

/** All issues on one line: `spec.http[0].timeout: must be …; spec.hosts: …`. */
export function issuesText(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
}

/** What every object must have before its kind's own rules can be asked. */
function shapeIssues(input: unknown): readonly Issue[] {
  if (!isRecord(input)) return [shapeIssue("", input, "a resource, a map with apiVersion, kind, metadata and spec")];
  const issues: Issue[] = [];
  if (!isText(input["apiVersion"]))
    issues.push(shapeIssue("apiVersion", input["apiVersion"], "text such as networking.istio.io/v1"));
  if (!isText(input["kind"])) issues.push(shapeIssue("kind", input["kind"], "text such as VirtualService"));
  const { metadata } = input;
  if (!isRecord(metadata)) return [...issues, shapeIssue("metadata", metadata, "a map with a name")];
  if (!isText(metadata["name"])) issues.push(shapeIssue("metadata.name", metadata["name"], "the resource's name"));
  const { namespace } = metadata;
  if (namespace !== undefined && typeof namespace !== "string") {
    issues.push(shapeIssue("metadata.namespace", namespace, "the name of a namespace, or left out for default"));
  }
  return issues;
}

function shapeIssue(path: string, value: unknown, expected: string): Issue {
  const shown = value === undefined ? "nothing" : JSON.stringify(value);
  return { code: "IST0106", severity: "error", path, message: `${shown} is there, expected is ${expected}` };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
