import type { Issue } from "../resource.ts";
import { validationCode } from "../validate/place.ts";
import { findAnalysisCode } from "./codes.ts";

/** Istio's code for what validation accepts with a warning. */
const schemaWarning = "IST0133";

/** An issue of `parseResource` under the code and the severity that an analysis gives it. */
export function classifyIssue(issue: Issue): Issue {
  if (issue.code === validationCode) return issue.severity === "error" ? issue : { ...issue, code: schemaWarning };
  const severity = findAnalysisCode(issue.code)?.severity ?? issue.severity;
  return severity === issue.severity ? issue : { ...issue, severity };
}
