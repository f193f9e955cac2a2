import type { Resource } from "../resource.ts";
import type { AnalysisContext } from "./analysis-context.ts";

/** Takes a finding. Its severity is the one of its code. */
export type Report = (code: string, resource: Resource, path: string, message: string) => void;

/** One check of an analysis. */
export interface Check {
  /** For `--list-checks`: kebab-case. */
  readonly name: string;
  /** What it looks at, in one line. */
  readonly description: string;
  /** Codes that it may report. */
  readonly codes: readonly string[];
  /**
   * Whether it can tell what is wrong with one resource from that and what it names, without all the others:
   * such checks are made at every write.
   */
  readonly onWrite: boolean;
  run(context: AnalysisContext, report: Report): void;
}
