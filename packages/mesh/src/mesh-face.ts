import { currentContext } from "@intramesh/telemetry";
import type { FaceRuntime } from "@intramesh/transport";
import { within } from "./drain.ts";
import type { Explanations } from "./explanations.ts";
import type { MeshCore } from "./mesh-core.ts";
import type { ResolvedOptions } from "./options.ts";
import type { Recorder } from "./recorder.ts";
import { addContext, closedOutcome, createRequestHandler } from "./request-handler.ts";
import { routeUpgrade } from "./upgrade.ts";
import { encodePeer } from "./workload.ts";

/** Who looks on as requests are made. */
export interface Observers {
  readonly explanations: Explanations;
  /** Undefined: nobody can ask for what was recorded. */
  readonly recorder: Recorder | undefined;
}

/** What the faces run requests and upgrades through. Once `isClosed`, all fail. */
export function createFace(
  resolved: ResolvedOptions,
  { self, tracer, holder, clusters, runtime }: MeshCore,
  observers: Observers,
  isClosed: () => boolean,
): FaceRuntime {
  const { clock, scheduler, random, throwOnMeshFailure, replayLimitBytes } = resolved;
  const peer = encodePeer(self);
  return {
    clock,
    handle: createRequestHandler({
      ...observers,
      random,
      peer,
      throwOnMeshFailure,
      snapshot: () => holder.current,
      starting: () => holder.starting,
      within: (promise, limitMs) => within(promise, limitMs, scheduler),
      closed: isClosed,
    }),
    routeUpgrade(exchange) {
      if (isClosed()) return closedOutcome(exchange);
      const ambient = currentContext();
      addContext(exchange, peer, ambient);
      tracer.carry(exchange, ambient);
      return routeUpgrade(holder.current, clusters, exchange, runtime);
    },
    replayLimitBytes,
  };
}
