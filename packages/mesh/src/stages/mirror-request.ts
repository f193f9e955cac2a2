import type { Exchange } from "@intramesh/core";
import { abortExchange, copyExchange } from "@intramesh/transport";
import { pickOnce, sendOnce, untilStarted } from "../call-once.ts";
import type { Mirror, Runtime, Stage } from "../chain.ts";

/** Copies in flight to one cluster. More are dropped and counted: a dead mirror must not gather sockets. */
const maxInFlight = 100;
/** How long a copy may take where the route has no timeout, for the same reason. */
const defaultTimeoutMs = 15_000;

/**
 * Istio's `mirror` and `mirrors`: copies that nobody waits for. They have no retries, their answers are read and
 * dropped, and nothing of them is counted with the route's own requests.
 */
export const mirrorRequest: Stage = {
  role: "mirror",
  filter: ({ mirrors, route }, runtime) => {
    if (mirrors.length === 0) return undefined;
    const timeoutMs = route?.policy.timeoutMs ?? defaultTimeoutMs;
    const lanes = mirrors.map((mirror) => ({ mirror, inFlight: 0 }));
    return (next) => (exchange) => {
      const chosen = lanes.filter(({ mirror }) => runtime.random() * 100 < mirror.percent);
      const copies = chosen.map((lane) => ({ lane, copy: copyExchange(exchange, runtime.clock.now()) }));
      const sent = next(exchange);
      if (copies.length === 0) return sent;
      return sent.then((outcome) => {
        // Only now is a streamed body at hand; one that is not by now is not copied.
        for (const { lane, copy } of copies) void sendCopy(lane, copy, timeoutMs, runtime);
        return outcome;
      });
    };
  },
};

interface Lane {
  readonly mirror: Mirror;
  inFlight: number;
}

async function sendCopy(lane: Lane, copy: Exchange, timeoutMs: number, runtime: Runtime): Promise<void> {
  const { cluster } = lane.mirror;
  if (lane.inFlight >= maxInFlight || !copy.body.copyable()) {
    cluster.stats.upstream_rq_mirror_dropped += 1;
    return;
  }
  lane.inFlight += 1;
  await untilStarted(cluster, copy, runtime);
  const picked = pickOnce(cluster, copy, runtime);
  if (picked === undefined) {
    lane.inFlight -= 1;
    return;
  }
  cluster.stats.upstream_rq_mirrored += 1;
  const stop = runtime.scheduler.after(timeoutMs, () => abortExchange(copy, { kind: "timeout", perTry: false }));
  const settle = (): void => {
    stop();
    lane.inFlight -= 1;
  };
  const outcome = await sendOnce(picked, copy);
  if (outcome.kind === "reset") {
    settle();
    return;
  }
  outcome.body.onSettled(settle);
  outcome.body.discard();
}
