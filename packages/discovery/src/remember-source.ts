import type { Cancel, Clock, Scheduler } from "@intramesh/core";
import { acceptResource } from "./accept-resource.ts";
import type { LastKnownGood } from "./last-known-good.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";
import { StateSaver } from "./state-saver.ts";

/** A source that is well has delivered by then; a start does not wait longer where something is remembered. */
const patienceMs = 1_000;

/** Where a source's last state is kept, and by whose time. */
export interface RememberOptions {
  readonly memory: LastKnownGood;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Hears what a person should know and what is no error. */
  log(message: string): void;
}

/**
 * A source that starts with what it said to an earlier process where it is away itself. What it says afterwards holds,
 * and is kept for the next start. The registry's source does this by itself.
 */
export function rememberSource(source: ResourceSource, options: RememberOptions): ResourceSource {
  const { memory, clock, scheduler, log } = options;
  const saver = new StateSaver(memory, clock, scheduler, ({ message }) =>
    log(`the state of ${source.name} cannot be kept in ${memory.path}, a restart without it starts empty: ${message}`),
  );
  let delivered: "nothing" | "remembered" | "current" = "nothing";
  let isFallingBack = false;
  let isClosed = false;
  let cancelPatience: Cancel = () => {};

  async function fallBack(deliver: (state: ResourceState) => void): Promise<void> {
    cancelPatience();
    if (isFallingBack) return;
    isFallingBack = true;
    const state = await remembered(memory, source.name, log);
    if (state === undefined || delivered !== "nothing" || isClosed) return;
    delivered = "remembered";
    log(`${source.name} does not answer; starting with what it last said, from ${memory.path}`);
    deliver(state);
  }

  return {
    name: source.name,
    ...(source.subscribe === undefined ? {} : { subscribe: (query) => source.subscribe!(query) }),
    start(listener) {
      const deliver = (state: ResourceState): void => listener.onUpdate(state);
      cancelPatience = scheduler.after(patienceMs, () => void fallBack(deliver));
      source.start({
        onUpdate(state) {
          cancelPatience();
          delivered = "current";
          deliver(state);
          saver.save(state);
        },
        onError(error) {
          listener.onError(error);
          if (delivered === "nothing") void fallBack(deliver);
        },
      });
    },
    async close() {
      isClosed = true;
      cancelPatience();
      await source.close();
      await saver.flush();
    },
  };
}

/** What is of use of what was kept; undefined where nothing was. */
async function remembered(
  memory: LastKnownGood,
  name: string,
  log: (message: string) => void,
): Promise<ResourceState | undefined> {
  try {
    const found = await memory.load();
    if (found === undefined) return undefined;
    // Another version of this library may have written it.
    const resources = found.state.resources.flatMap((object) => acceptResource(object).resource ?? []);
    return { ...found.state, resources, description: `${name}, as remembered`, stale: true };
  } catch (error) {
    log((error as Error).message);
    return undefined;
  }
}
