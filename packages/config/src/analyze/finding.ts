import type { Issue, Resource } from "../resource.ts";

/** One finding of an analysis: an issue, and the resource that it is about. */
export interface Finding extends Issue {
  /** The same object that was analysed. */
  readonly resource: Resource;
}
