import type { MeshPolicy, Scheduler, WorkloadQuery } from "@intramesh/core";
import type { ResourceSource } from "@intramesh/discovery";
import { within } from "./drain.ts";

/** How long requests wait for what a source was asked for: the default of Envoy's on-demand discovery of clusters. */
export const arrivalLimitMs = 5_000;

/** Tells the sources whose endpoints this process needs. What is asked for once comes from then on. */
export interface Subscriptions {
  /**
   * Asks for the workloads behind a host. Resolves, never rejects, when what the sources know of them is in force, or
   * after `arrivalLimitMs` where a source is away; undefined where nothing has to be waited for.
   */
  want(policy: MeshPolicy, host: string): Promise<void> | undefined;
}

/** Subscriptions to one feed. Each service is asked for when it is first wanted. */
export function createSubscriptions(feed: ResourceSource, scheduler: Scheduler): Subscriptions {
  const arrivals = new WeakMap<WorkloadQuery, { pending: Promise<void> | undefined }>();

  function subscribe(query: WorkloadQuery): { pending: Promise<void> | undefined } {
    const arrival: { pending: Promise<void> | undefined } = { pending: undefined };
    const pending = feed.subscribe?.(query);
    if (pending !== undefined) {
      arrival.pending = within(pending, arrivalLimitMs, scheduler).then(() => {
        arrival.pending = undefined;
      });
    }
    return arrival;
  }

  return {
    want(policy, host) {
      const query = feed.subscribe === undefined ? undefined : policy.workloads(host);
      if (query === undefined) return undefined;
      let arrival = arrivals.get(query);
      if (arrival === undefined) {
        arrival = subscribe(query);
        arrivals.set(query, arrival);
      }
      return arrival.pending;
    },
  };
}
