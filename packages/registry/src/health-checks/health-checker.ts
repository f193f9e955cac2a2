import type { Cancel, Clock, Scheduler } from "@intramesh/core";
import { workloadEntryKind } from "../instances/workload-entry.ts";
import type { Logger } from "../logger.ts";
import type { RegistryState } from "../state/registry-state.ts";
import { type Change, objectKey, type StoredObject } from "../state/stored-object.ts";
import { isHealthy, withHealth } from "./health-condition.ts";
import type { HealthCheckPlan } from "./parse-health-check.ts";
import { planHealthCheck } from "./parse-health-check.ts";
import { type ProbeResult, probe } from "./probe.ts";
import { probeTarget } from "./probe-target.ts";

/**
 * More than this share of all checked instances out of reach at once is the registry's own network: none is taken out
 * for being out of reach. One always may be.
 */
const ownFaultRatio = 0.5;

/** An instance under observation. */
interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly url: string;
  readonly plan: HealthCheckPlan;
  /** Answers in a row that speak against its present state. */
  contrary: number;
  unreachable: boolean;
  cancel: Cancel;
}

/**
 * Probes the instances that ask for it and writes what it finds into the conditions of their WorkloadEntries. An instance
 * counts as well until it is found not to be: it said itself that it listens.
 */
export class HealthChecker {
  readonly #state: RegistryState;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #logger: Logger;
  readonly #watched = new Map<string, Watched>();
  readonly #stopListening: () => void;
  #blamesItself = false;

  constructor(state: RegistryState, clock: Clock, scheduler: Scheduler, logger: Logger) {
    this.#state = state;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#logger = logger;
    for (const object of state.ofKind(workloadEntryKind)) this.#watch(object);
    this.#stopListening = state.onChange((changes) => this.#follow(changes));
  }

  close(): void {
    this.#stopListening();
    for (const watched of this.#watched.values()) watched.cancel();
    this.#watched.clear();
  }

  #follow(changes: readonly Change[]): void {
    for (const { type, object } of changes) {
      if (object.info !== workloadEntryKind) continue;
      if (type === "DELETED") this.#forget(objectKey(object.namespace, object.name));
      else this.#watch(object);
    }
  }

  /** Begins anew where address or check have changed; goes on where they have not. */
  #watch(object: StoredObject): void {
    const key = objectKey(object.namespace, object.name);
    const target = probeTarget(object.resource);
    const known = this.#watched.get(key);
    if (known !== undefined && known.url === target?.url && known.plan.path === target.check.path) {
      const plan = planHealthCheck(target.check);
      if (Object.entries(plan).every(([name, value]) => known.plan[name as keyof HealthCheckPlan] === value)) return;
    }
    this.#forget(key);
    if (target === undefined) return;
    const { namespace, name } = object;
    const plan = planHealthCheck(target.check);
    const watched: Watched = {
      namespace,
      name,
      url: target.url,
      plan,
      contrary: 0,
      unreachable: false,
      cancel: () => {},
    };
    this.#watched.set(key, watched);
    this.#plan(key, watched, plan.intervalMs * phaseOf(key));
  }

  #forget(key: string): void {
    this.#watched.get(key)?.cancel();
    this.#watched.delete(key);
  }

  #plan(key: string, watched: Watched, delayMs: number): void {
    watched.cancel = this.#scheduler.after(delayMs, () => {
      void probe(watched.url, watched.plan.timeoutMs, this.#scheduler).then((result) => {
        // It left, or is another one by now.
        if (this.#watched.get(key) !== watched) return;
        this.#judge(watched, result);
        this.#plan(key, watched, watched.plan.intervalMs);
      });
    });
  }

  #judge(watched: Watched, result: ProbeResult): void {
    const object = this.#state.get(workloadEntryKind, watched.namespace, watched.name);
    if (object === undefined) return;
    const { healthyThreshold, unhealthyThreshold } = watched.plan;
    const healthy = isHealthy(object.resource);
    const good = result.kind === "good";
    watched.unreachable = result.kind === "unreachable";
    watched.contrary = good === healthy ? 0 : watched.contrary + 1;
    if (watched.contrary < (healthy ? unhealthyThreshold : healthyThreshold)) return;
    if (watched.unreachable && this.#isOwnFault()) return;
    const why = good ? undefined : `${result.why}, ${watched.contrary} times in a row`;
    this.#write(watched, object, why);
  }

  #write(watched: Watched, object: StoredObject, why: string | undefined): void {
    const title = `instance ${watched.namespace}/${watched.name}`;
    const resource = withHealth(object.resource, why, this.#clock.wallMs());
    try {
      this.#state.write([{ type: "put", info: workloadEntryKind, resource }]);
    } catch (error) {
      // The count stands: the next probe tries again.
      this.#logger.error(`writing the health of ${title} failed: ${(error as Error).message}`);
      return;
    }
    watched.contrary = 0;
    if (why === undefined) this.#logger.info(`${title} is healthy again`);
    else this.#logger.warn(`${title} is unhealthy and kept from clients: ${why}`);
  }

  #isOwnFault(): boolean {
    let unreachable = 0;
    for (const each of this.#watched.values()) if (each.unreachable) unreachable += 1;
    const own = unreachable > Math.max(1, Math.floor(this.#watched.size * ownFaultRatio));
    if (own && !this.#blamesItself) {
      this.#logger.warn(`${unreachable} instances cannot be reached at once: none is taken out for that`);
    }
    this.#blamesItself = own;
    return own;
  }
}

/** Where in its interval an instance is probed first, in (0, 1]: those of one moment must not be probed in one. */
function phaseOf(key: string): number {
  let number = 0;
  for (const letter of key) number = (Math.imul(number, 31) + letter.charCodeAt(0)) >>> 0;
  return ((number % 1_000) + 1) / 1_000;
}
