import type { LeveledLogger } from "./leveled-logger.ts";
import type { Emitter } from "./mesh-events.ts";

/** Says what happens to a mesh as it happens, at levels `info` and `debug`. What is refused is warned of where it is refused. */
export function logEvents(events: Emitter, logger: LeveledLogger): void {
  events.on("configApplied", ({ revision, resources }) =>
    logger.debug(() => `intramesh: configuration ${revision} is in force, of ${resources} resources`),
  );
  events.on("registered", ({ instance }) => logger.info(`intramesh: the registry knows ${instance}`));
  events.on("endpointsChanged", ({ cluster, added, removed }) =>
    logger.debug(() => `intramesh: endpoints of ${cluster}: ${listOf("came", added)}; ${listOf("went", removed)}`),
  );
  events.on("endpointEjected", ({ cluster, endpoint }) =>
    logger.info(`intramesh: ${endpoint} of ${cluster} is ejected: it failed too often`),
  );
  events.on("endpointReturned", ({ cluster, endpoint }) =>
    logger.info(`intramesh: ${endpoint} of ${cluster} takes part again`),
  );
  events.on("breakerOpened", ({ cluster }) => logger.info(`intramesh: the breaker of ${cluster} opened`));
  events.on("breakerClosed", ({ cluster }) => logger.info(`intramesh: the breaker of ${cluster} closed`));
}

/** More make no better line. */
const shownEndpoints = 10;

function listOf(verb: string, endpoints: readonly string[]): string {
  if (endpoints.length === 0) return `none ${verb}`;
  const rest = endpoints.length > shownEndpoints ? ` and ${endpoints.length - shownEndpoints} more` : "";
  return `${endpoints.slice(0, shownEndpoints).join(", ")}${rest} ${verb}`;
}
