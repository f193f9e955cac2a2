import type { Resource } from "@intramesh/config";
import { type ConsulOptions, type ConsulSource, type ConsulState, consul } from "@intramesh/consul";
import { parseFile } from "@intramesh/discovery";

/** A source that a test follows, with what it said. */
export interface FollowedSource {
  readonly source: ConsulSource;
  readonly states: readonly ConsulState[];
  readonly errors: readonly Error[];
  readonly log: readonly string[];
  /** Resolves to the newest state as soon as it is as wanted; rejects with what there is after `limitMs`. */
  until(what: string, holds: (state: ConsulState) => boolean, limitMs?: number): Promise<ConsulState>;
  /** Resolves when the source has reported an error that matches. */
  untilError(pattern: RegExp, limitMs?: number): Promise<Error>;
  close(): Promise<void>;
}

const patienceMs = 20_000;

/** Starts a source as a mesh would. */
export function followConsul(options: ConsulOptions): FollowedSource {
  const source = consul(options);
  const states: ConsulState[] = [];
  const errors: Error[] = [];
  const log: string[] = [];
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  source.attach({
    clock: { now: () => performance.now(), wallMs: () => Date.now() },
    scheduler: {
      after(delayMs, task) {
        const timer = setTimeout(task, delayMs);
        return () => clearTimeout(timer);
      },
    },
    random: () => Math.random(),
    parse: parseFile,
    log: (message) => void log.push(message),
  });
  source.start({
    onUpdate(state) {
      states.push(state);
      tell();
    },
    onError(error) {
      errors.push(error);
      tell();
    },
  });

  function found<Value>(what: string, find: () => Value | undefined, limitMs: number): Promise<Value> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = find();
        if (value === undefined) return;
        clearTimeout(timer);
        watchers.delete(look);
        resolve(value);
      };
      const timer = setTimeout(() => {
        watchers.delete(look);
        const there = (states.at(-1)?.resources ?? []).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
        const said = errors.map(({ message }) => message);
        reject(new Error(`${what}: not so after ${limitMs} ms; there is [${there}], errors [${said}]`));
      }, limitMs);
      watchers.add(look);
      look();
    });
  }

  return {
    source,
    states,
    errors,
    log,
    until: (what, holds, limitMs = patienceMs) =>
      found(what, () => states.at(-1) && (holds(states.at(-1)!) ? states.at(-1) : undefined), limitMs),
    untilError: (pattern, limitMs = patienceMs) =>
      found(String(pattern), () => errors.find(({ message }) => pattern.test(message)), limitMs),
    close: () => source.close(),
  };
}

/** Names of the resources of a kind, sorted. */
export function namesOf({ resources }: { readonly resources: readonly Resource[] }, kind: string): string {
  return resources
    .filter((resource) => resource.kind === kind)
    .map(({ metadata }) => metadata.name)
    .sort()
    .join();
}
