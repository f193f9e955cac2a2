import { badRequest } from "../http/status.ts";
import type { WriteOptions } from "../objects/object-writer.ts";
import type { FieldValidation } from "../objects/validate-object.ts";

/** What Kubernetes' clients put into the query, as far as the registry reads it. */
export interface KubeQuery {
  readonly watch?: string;
  readonly resourceVersion?: string;
  readonly timeoutSeconds?: string;
  readonly allowWatchBookmarks?: string;
  readonly sendInitialEvents?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly includeObject?: string;
  readonly dryRun?: string;
  readonly fieldValidation?: string;
}

/** Reads the options of a write. Throws an ApiError for values that nobody knows. */
export function parseWriteOptions({ dryRun, fieldValidation }: KubeQuery): WriteOptions {
  if (dryRun !== undefined && dryRun !== "" && dryRun !== "All") {
    throw badRequest(`dryRun: "${dryRun}" is not All, the one value there is`);
  }
  return { dryRun: dryRun === "All", fieldValidation: parseFieldValidation(fieldValidation) };
}

/** Kubernetes' booleans: present without a value is true. */
export function isTrue(text: string | undefined): boolean {
  return text !== undefined && text !== "false" && text !== "0";
}

function parseFieldValidation(text: string | undefined): FieldValidation {
  if (text === undefined || text === "") return undefined;
  if (text === "Strict" || text === "Warn" || text === "Ignore") return text;
  throw badRequest(`fieldValidation: "${text}" is none of Strict, Warn, Ignore`);
}
