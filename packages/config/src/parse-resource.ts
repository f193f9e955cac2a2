import type { Issue, Resource } from "./resource.ts";
import { dropNulls } from "./validate/drop-nulls.ts";
import { checkEnvelope } from "./validate/envelope.ts";
import { checkNesting } from "./validate/nesting.ts";
import { Place } from "./validate/place.ts";
import { isRecord } from "./validate/shape.ts";
import { soundPart } from "./validate/sound-part.ts";
import type { SpecCheck, SpecOwner } from "./validate/spec-check.ts";
import { findSpecCheck } from "./validate/spec-checks.ts";

/** What became of an object that may be a resource. */
export interface ParsedResource {
  /** Undefined where an issue is an error. */
  readonly resource: Resource | undefined;
  readonly issues: readonly Issue[];
}

/** Where resources live that name no namespace. */
const defaultNamespace = "default";

/**
 * Checks one object with Istio's rules. All findings, not the first: where the form of some values is wrong, all that
 * is wrong with the form, and the rules that the other parts of the spec break. The object itself is not changed, and is
 * the resource as it is unless it holds nulls or no spec.
 */
export function parseResource(input: unknown): ParsedResource {
  const issues: Issue[] = [];
  const place = new Place(issues, "");
  if (!isRecord(input)) {
    place.error("a resource is an object with apiVersion, kind, metadata and spec");
    return { resource: undefined, issues };
  }
  if (!checkNesting(input, place)) return { resource: undefined, issues };
  const check = findSpecCheck(checkEnvelope(input, place)?.kind);
  const misfits: string[] = [];
  const specPlace = new Place(issues, "spec", misfits);
  const written = input["spec"] ?? {};
  const isWellFormed = check.checkShape(written, specPlace);
  const spec = isWellFormed ? dropNulls(written) : written;
  if (isWellFormed) check.checkRules(spec, specPlace, ownerOf(input));
  else issues.push(...rulesOfSoundPart(check, written, misfits, ownerOf(input)));
  if (issues.some(({ severity }) => severity === "error")) return { resource: undefined, issues };
  // Envelope and spec have just been checked.
  const resource = (spec === input["spec"] ? input : { ...input, spec }) as unknown as Resource;
  return { resource, issues };
}

/**
 * The rules that the well-formed parts break. Only errors: whether an earlier part hides a later one, as warnings say,
 * is not told without it. Nothing is said of what contains a part that is left out: it would look empty.
 */
function rulesOfSoundPart(
  check: SpecCheck,
  spec: unknown,
  misfits: readonly string[],
  owner: SpecOwner,
): readonly Issue[] {
  const sound = soundPart(spec, misfits, check.parts);
  if (sound === undefined) return [];
  const issues: Issue[] = [];
  check.checkRules(dropNulls(sound.spec), new Place(issues, "spec"), owner);
  return issues
    .filter(({ severity }) => severity === "error")
    .map((issue) => ({ ...issue, path: sound.originalPath(issue.path) }))
    .filter(({ path }) => !sound.lacksSomethingAt(path));
}

function ownerOf({ metadata }: Readonly<Record<string, unknown>>): SpecOwner {
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  return {
    namespace: typeof namespace === "string" && namespace !== "" ? namespace : defaultNamespace,
    name: typeof name === "string" ? name : "",
  };
}
