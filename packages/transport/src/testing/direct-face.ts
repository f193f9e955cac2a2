import type { Exchange } from "@intramesh/core";
import { createEndpointPools, type EndpointPools } from "../endpoint-pools.ts";
import type { FaceRuntime } from "../face/dispatcher.ts";

/** A runtime for the faces that sends everything where it is addressed. */
export function directFace(seen: (exchange: Exchange) => void = () => undefined): {
  readonly face: FaceRuntime;
  readonly pools: EndpointPools;
} {
  const pools = createEndpointPools();
  const face: FaceRuntime = {
    clock: { now: () => performance.now(), wallMs: () => 0 },
    handle(exchange) {
      seen(exchange);
      return pools.passthrough.send(exchange);
    },
    routeUpgrade: () => pools.passthrough,
    replayLimitBytes: 1_048_576,
  };
  return { face, pools };
}
