import { analysisChecks, findAnalysisCode } from "@intramesh/config";
import { layOutColumns } from "../render/columns.ts";
import { type Output, renderDocument } from "../render/document.ts";
import type { Finding } from "./finding.ts";
import { severities } from "./severity-threshold.ts";

/** Findings for people: a line each, then what to do about each code, and how many there are. */
export function renderFindings(findings: readonly Finding[]): string {
  const codes = [...new Set(findings.map(({ code }) => code))];
  const fixes = codes.map((code) => [`  ${code}`, findAnalysisCode(code)?.fix ?? ""]);
  const counts = severities.toReversed().flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count > 1 && severity !== "info" ? "s" : ""}`];
  });
  return `${findings.map(findingLine).join("")}\nWhat to do\n${layOutColumns(fixes)}\n${counts.join(", ")}\n`;
}

function findingLine({ code, severity, resource, path, message, file, line }: Finding): string {
  const level = severity.charAt(0).toUpperCase() + severity.slice(1);
  const place = [resource, file === null || resource === "" ? "" : `${file}:${line}`].filter((part) => part !== "");
  const where = place.length === 0 ? "" : ` (${place.join(" ")})`;
  return `${level} [${code}]${where} ${path === "" ? "" : `${path}: `}${message}\n`;
}

/** The checks that an analysis makes. */
export function renderChecks(output: Output): string {
  const checks = analysisChecks.map(({ name, codes, description }) => ({ name, codes, description }));
  if (output !== "text") return renderDocument(checks, output);
  return layOutColumns([
    ["NAME", "CODES", "CHECKS THAT"],
    ...checks.map(({ name, codes, description }) => [name, codes.join(","), description]),
  ]);
}
