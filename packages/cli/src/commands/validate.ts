import { brokenFile, validateDocuments } from "../analyze/analyze-documents.ts";
import type { Finding } from "../analyze/finding.ts";
import { describeLeftOut } from "../analyze/left-out.ts";
import { renderFindings } from "../analyze/render-findings.ts";
import { reaches } from "../analyze/severity-threshold.ts";
import { type CommandResult, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";
import { type Output, renderDocument } from "../render/document.ts";

/** Options of `validate`. */
export interface ValidateOptions {
  readonly files: readonly string[];
  readonly output: Output;
  readonly readStdin: () => string;
}

/** Checks each resource by itself, as the registry would before it keeps it; what others say of it is `analyze`'s. */
export function validate({ files, output, readStdin }: ValidateOptions): CommandResult {
  if (files.length === 0) throw usageFailure("name what to validate: files, folders, or - for stdin");
  const { documents, errors } = loadDocuments(files, readStdin);
  const findings = [...errors.map(brokenFile), ...validateDocuments(documents)];
  const isFine = !findings.some((finding) => reaches("error", finding));
  const code = isFine ? exitCodes.fine : exitCodes.notFine;
  if (output !== "text") return { out: renderDocument(findings, output), err: [], code };
  const names = [...new Set([...documents.map(({ file }) => file), ...findings.map(({ file }) => file ?? "")])];
  const verdicts = names.map((name) => `"${name}" ${verdict(findings.filter(({ file }) => file === name))}\n`);
  const details = findings.length === 0 ? "" : `\n${renderFindings(findings)}`;
  return { out: verdicts.join("") + details, err: describeLeftOut(documents), code };
}

function verdict(findings: readonly Finding[]): string {
  if (findings.some((finding) => reaches("error", finding))) return "is not valid";
  return findings.length === 0 ? "is valid" : "is valid, with findings";
}
