import type { Severity } from "@intramesh/config";
import { analyzeDocuments, brokenFile } from "../analyze/analyze-documents.ts";
import type { Finding } from "../analyze/finding.ts";
import { describeLeftOut } from "../analyze/left-out.ts";
import { findMeshSettings } from "../analyze/read-mesh-settings.ts";
import { renderChecks, renderFindings } from "../analyze/render-findings.ts";
import { compareFindings, reaches } from "../analyze/severity-threshold.ts";
import { parseSuppressions } from "../analyze/suppressions.ts";
import { type CommandResult, printed, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";
import { loadDocuments } from "../load-documents.ts";
import type { RegistryClient } from "../registry-client.ts";
import { type Output, renderDocument } from "../render/document.ts";

export interface AnalyzeOptions {
  /** None: what the registry has. */
  readonly files: readonly string[];
  /** Whether the files are to be seen among what the registry has. */
  readonly useRegistry: boolean;
  /** Findings about other namespaces are left out; undefined for all. Documents that name none are in it. */
  readonly namespace: string | undefined;
  /** `CODE=Kind name.namespace`, with globs. */
  readonly suppress: readonly string[];
  /** The mildest findings that are shown. */
  readonly outputThreshold: Severity;
  /** The mildest findings that are not fine. */
  readonly failureThreshold: Severity;
  /** A MeshConfig. */
  readonly meshFile: string | undefined;
  /** Instead of an analysis, the list of checks. */
  readonly listChecks: boolean;
  readonly output: Output;
  readonly readStdin: () => string;
}

/** Finds what is wrong with resources: in files, in the registry, or in what it would have with the files applied. */
export async function analyze(connect: () => RegistryClient, options: AnalyzeOptions): Promise<CommandResult> {
  if (options.listChecks) return printed(renderChecks(options.output));
  const isSuppressed = parseSuppressions(options.suppress);
  const { found, notes } = await findAll(connect, options);
  const findings = found
    .filter((finding) => isAbout(options.namespace, finding) && !isSuppressed(finding))
    .sort(compareFindings);
  const isFine = !findings.some((finding) => reaches(options.failureThreshold, finding));
  const code = isFine ? exitCodes.fine : exitCodes.notFine;
  const shown = findings.filter((finding) => reaches(options.outputThreshold, finding));
  if (options.output !== "text") return { out: renderDocument(shown, options.output), err: [], code };
  if (shown.length > 0) return { out: renderFindings(shown), err: notes, code };
  return { out: "", err: [...notes, `✔ No validation issues found when analyzing ${describeInput(options)}.`], code };
}

interface Found {
  readonly found: readonly Finding[];
  /** For people, on stderr. */
  readonly notes: readonly string[];
}

async function findAll(connect: () => RegistryClient, options: AnalyzeOptions): Promise<Found> {
  const { files, namespace = "default", readStdin } = options;
  if (options.useRegistry && files.length === 0)
    throw usageFailure("--use-registry goes with files; without, the registry is analysed");
  const registry = files.length === 0 || options.useRegistry ? connect() : undefined;
  const mesh = await findMeshSettings(options.meshFile, readStdin, registry);
  const { documents, errors } = loadDocuments(files, readStdin);
  const live = await registry?.allResources();
  const found = [...errors.map(brokenFile), ...analyzeDocuments({ documents, live, mesh, namespace })];
  return { found, notes: describeLeftOut(documents) };
}

function isAbout(namespace: string | undefined, { resource }: Finding): boolean {
  return namespace === undefined || resource === "" || resource.includes(` ${namespace}/`);
}

function describeInput({ files, useRegistry }: AnalyzeOptions): string {
  const parts = [...(files.length === 0 || useRegistry ? ["the registry"] : []), ...files];
  return parts.length === 1 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
