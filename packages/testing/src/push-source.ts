import type { Source, SourceListener } from "@intramesh/core";

/** What a source says at one moment, as far as tests ask; see `ResourceState` of @intramesh/discovery. */
export interface PushedState<Resource> {
  readonly resources: readonly Resource[];
  /** How many states there were with this one. */
  readonly revision: string;
  readonly description: string;
  readonly stale: boolean;
}

/** A source of resources that a test pushes states into. */
export interface PushSource<Resource> extends Source<PushedState<Resource>> {
  readonly name: string;
  /** Delivers these; before `start`, the last ones pushed are delivered then. */
  push(resources: readonly Resource[]): void;
}

/** A source that delivers what it is given, and nothing by itself. */
export function pushSource<Resource>(): PushSource<Resource> {
  let listener: SourceListener<PushedState<Resource>> | undefined;
  let latest: readonly Resource[] | undefined;
  let revision = 0;
  const deliver = (): void => {
    if (listener === undefined || latest === undefined) return;
    revision += 1;
    listener.onUpdate({ resources: latest, revision: String(revision), description: "pushed", stale: false });
  };
  return {
    name: "pushed",
    start(given) {
      listener = given;
      deliver();
    },
    push(resources) {
      latest = resources;
      deliver();
    },
    close: () => Promise.resolve(),
  };
}
