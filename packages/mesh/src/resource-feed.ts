import {
  lastKnownGood,
  mergeSources,
  parseFile,
  type ResourceSource,
  registrySource,
  rememberSource,
} from "@intramesh/discovery";
import type { ResolvedOptions } from "./options.ts";

/** The one source of a mesh: what the options name, at least one, merged, in the order written; the registry last. */
export function createResourceFeed(options: ResolvedOptions): ResourceSource {
  const { registry, sources, service, clock, scheduler, random, logger } = options;
  const log = (message: string): void => logger.warn(`intramesh: ${message}`);
  for (const source of sources) source.attach?.({ clock, scheduler, random, parse: parseFile, log });
  const key = `${service.namespace}.${service.name}`;
  const all = sources.map((source) => {
    if (source.isRemote === undefined) return source;
    const memory = lastKnownGood(options.stateDirectory, `${key}.${source.name}`);
    return rememberSource(source, { memory, clock, scheduler, log });
  });
  if (registry !== undefined) {
    all.push(
      registrySource({
        url: registry,
        ...(options.token === undefined ? {} : { token: options.token }),
        clock,
        scheduler,
        random,
        instances: options.subscribe === "all" ? "all" : "subscribed",
        lastKnownGood: lastKnownGood(options.stateDirectory, key),
        log,
      }),
    );
  }
  return all.length === 1 ? all[0]! : mergeSources(all);
}
