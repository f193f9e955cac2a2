import { MeshError } from "@intramesh/core";
import type { ResourceSource } from "@intramesh/discovery";
import { filesFrom, type MeshOptions } from "./options.ts";

/** Who has no Consul need not install its client: it is loaded where a variable asks for it. */
const consulPackage = "@intramesh/consul";

interface ConsulModule {
  consul(options: { readonly url?: string }): ResourceSource;
}

/**
 * The options with the source that `INTRAMESH_CONSUL` names, the URL of an agent, or `true` for the one that
 * `CONSUL_HTTP_ADDR` names. Sources that the program gives go before the variable.
 * Throws a MeshError with code MESH_BAD_OPTION where `@intramesh/consul` is not installed or the address cannot be.
 */
export async function withEnvironmentSources(
  options: MeshOptions,
  env: NodeJS.ProcessEnv = process.env,
): Promise<MeshOptions> {
  const address = env["INTRAMESH_CONSUL"];
  if (address === undefined || address === "" || options.sources !== undefined) return options;
  const { consul } = await loadConsul();
  const source = consul(address === "true" ? {} : { url: address });
  return { ...options, sources: [...filesFrom(env["INTRAMESH_FILES"]), source] };
}

async function loadConsul(): Promise<ConsulModule> {
  try {
    // The package's own promise: its one function. Its types are not asked for, which would make it a dependency.
    return (await import(consulPackage)) as ConsulModule;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    const message = `INTRAMESH_CONSUL is set and ${consulPackage} is not installed: npm install ${consulPackage}`;
    throw new MeshError("MESH_BAD_OPTION", message, { cause: error });
  }
}
