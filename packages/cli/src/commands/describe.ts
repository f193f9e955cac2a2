import { findMeshSettings } from "../analyze/read-mesh-settings.ts";
import { reaches } from "../analyze/severity-threshold.ts";
import { CommandFailure, type CommandResult } from "../command-result.ts";
import { type DescribedInstance, describeInstance } from "../describe/describe-instance.ts";
import { type DescribeInput, describeService, knownServices } from "../describe/describe-service.ts";
import { exitCodes } from "../exit-code.ts";
import type { RegistryClient } from "../registry-client.ts";
import { type Output, renderDocument } from "../render/document.ts";
import { renderInstance } from "../render/instance.ts";
import { renderService } from "../render/service.ts";

/** Options of `describe instance`. */
export interface DescribeInstanceOptions {
  /** Id of an instance, or how it begins. */
  readonly name: string;
  readonly output: Output;
}

/** Options of `describe service`. */
export interface DescribeServiceOptions extends DescribeInstanceOptions {
  /** The service as its callers write it. */
  readonly name: string;
  /** That of the callers. */
  readonly namespace: string;
}

/** Says what decides about calls to a service, and what is wrong with it. */
export async function describeOneService(
  registry: RegistryClient,
  options: DescribeServiceOptions,
): Promise<CommandResult> {
  const input = await inputFrom(registry, options.namespace);
  const description = describeService(options.name, input);
  if (description === undefined) {
    const known = knownServices(input);
    const others = known.length === 0 ? "there is none" : `there are ${known.join(", ")}`;
    const message = `error: callers in namespace ${options.namespace} see no service ${options.name}: ${others}`;
    throw new CommandFailure(exitCodes.notFine, message);
  }
  const isFine = !description.findings.some((finding) => reaches("error", finding));
  const out = options.output === "text" ? renderService(description) : renderDocument(description, options.output);
  return { out, err: [], code: isFine ? exitCodes.fine : exitCodes.notFine };
}

/** Says how one instance stands with the registry, and which rules lead to it. */
export async function describeOneInstance(
  registry: RegistryClient,
  options: DescribeInstanceOptions,
): Promise<CommandResult> {
  const described: DescribedInstance = await describeInstance(registry, options.name, (namespace) =>
    inputFrom(registry, namespace),
  );
  const out = options.output === "text" ? renderInstance(described) : renderDocument(described, options.output);
  return { out, err: [], code: described.rejected.length === 0 ? exitCodes.fine : exitCodes.notFine };
}

async function inputFrom(registry: RegistryClient, namespace: string): Promise<DescribeInput> {
  const [resources, settings] = await Promise.all([
    registry.allResources(),
    findMeshSettings(undefined, () => "", registry),
  ]);
  return { resources, settings, namespace };
}
