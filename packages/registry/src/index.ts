export { createRegistry, type Registry } from "./create-registry.ts";
export type { Logger } from "./logger.ts";
export type { RegistryOptions } from "./options.ts";
