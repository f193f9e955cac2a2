import type { BodyFlow, Exchange, Outcome, ResponseOutcome, Service } from "@intramesh/core";
import { collapseKey } from "@intramesh/resilience";
import { fixedResponse, readBody } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import { interruptedOutcome, pause } from "../pause.ts";

/** A response longer than this is not shared: its followers make calls of their own. */
const maxSharedBytes = 1_048_576;

/** The longest that a timer of Node can wait. */
const forEverMs = 2 ** 31 - 1;

/** What a finished leader leaves to its followers; undefined where it cannot be shared. */
interface Shared {
  readonly status: number;
  readonly headers: ResponseOutcome["headers"];
  readonly bytes: Uint8Array;
}

/** A ResiliencePolicy's `collapse`: identical requests in flight share one upstream call. */
export const collapse: Stage = {
  role: "collapse",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const methods = new Set(cluster.guards.policy?.collapse?.methods);
    if (methods.size === 0) return undefined;
    const inFlight = new Map<string, Promise<Shared | undefined>>();
    return (next) => (exchange) => {
      if (!methods.has(exchange.method) || exchange.body.open() !== null) return next(exchange);
      const key = collapseKey(exchange.method, exchange.authority, exchange.path, exchange.headers);
      const leader = inFlight.get(key);
      if (leader === undefined) return lead(key, inFlight, exchange, next);
      cluster.stats.upstream_rq_collapsed += 1;
      return follow(leader, exchange, next, runtime);
    };
  },
};

async function lead(
  key: string,
  inFlight: Map<string, Promise<Shared | undefined>>,
  exchange: Exchange,
  next: Service,
): Promise<Outcome> {
  let share = (_shared: Shared | undefined): void => undefined;
  inFlight.set(key, new Promise((resolve) => (share = resolve)));
  const outcome = await next(exchange);
  const shared = isShareable(outcome) ? await read(outcome) : undefined;
  inFlight.delete(key);
  share(shared === undefined || "rest" in shared ? undefined : shared);
  if (shared === undefined) return outcome;
  return "rest" in shared ? { ...head(outcome as ResponseOutcome), body: shared.rest } : copyOf(shared);
}

/** Waits for the leader, but no longer than its own caller waits for it. */
async function follow(
  leader: Promise<Shared | undefined>,
  exchange: Exchange,
  next: Service,
  runtime: Runtime,
): Promise<Outcome> {
  let ended: { readonly shared: Shared | undefined } | undefined;
  const led = leader.then((shared) => {
    ended = { shared };
  });
  await pause(exchange, Math.min(forEverMs, exchange.deadline - runtime.clock.now()), runtime, led);
  if (exchange.aborted !== undefined) return interruptedOutcome(exchange.aborted);
  if (ended === undefined) return interruptedOutcome({ kind: "timeout", perTry: false });
  return ended.shared === undefined ? next(exchange) : copyOf(ended.shared);
}

/** A cookie is for one caller, however alike two of them asked; an event stream has no end to wait for. */
function isShareable(outcome: Outcome): outcome is ResponseOutcome {
  if (outcome.kind === "reset" || outcome.local || outcome.header("set-cookie") !== undefined) return false;
  return outcome.header("content-type")?.startsWith("text/event-stream") !== true;
}

/** The whole response, or the flow of one that is too long to share. */
async function read(outcome: ResponseOutcome): Promise<Shared | { readonly rest: BodyFlow }> {
  const { status, headers } = outcome;
  const body = await readBody(outcome.body, maxSharedBytes);
  return body instanceof Uint8Array ? { status, headers, bytes: body } : { rest: body };
}

function head(outcome: ResponseOutcome): Omit<ResponseOutcome, "body"> {
  const { kind, status, headers, local } = outcome;
  return { kind, status, headers, local, header: (name) => headers.get(name) };
}

function copyOf({ status, headers, bytes }: Shared): Outcome {
  return fixedResponse(status, headers.clone(), bytes);
}
