import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import type { Cancel, Random, Scheduler } from "@intramesh/core";
import { type RegistryAddress, registryAddress } from "./registry-address.ts";
import { callRegistry } from "./registry-call.ts";

/** What a process tells the registry of itself; the registry forgets it after a minute. */
export interface ClientReport {
  readonly service: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The revision that it runs; 0 before the first. */
  readonly revision: number;
  /** What it refused, and why. */
  readonly rejected: readonly string[];
  /** Version of its copy of intramesh; left out where it does not know. */
  readonly library?: string;
  /** URL of its admin port, where it has one. */
  readonly admin?: string;
}

/** Keeps the registry told of this process; see `reportClient`. */
export interface ClientReporter {
  /** Tells the latest state, soon. */
  report(report: ClientReport): void;
  /** Takes leave, so that nobody waits for this process any more. */
  close(): void;
}

/** Half of what the registry remembers a report for, so that one may be lost. */
const repeatMs = 25_000;
/** States that follow one another quickly are told once. */
const gatherMs = 50;
const callTimeoutMs = 5_000;
/** A process that ends does not stay for longer to take leave of a registry that is away. */
const leaveTimeoutMs = 1_000;

/** Keeps the registry told. Reports are a courtesy: one that fails is told again with the next. */
export function reportClient(options: {
  readonly url: string;
  readonly token?: string;
  readonly instance: string;
  readonly scheduler: Scheduler;
  readonly random: Random;
}): ClientReporter {
  const { scheduler, random } = options;
  const address: RegistryAddress = registryAddress(options.url, options.token);
  const path = `/mesh/v1/clients/${encodeURIComponent(options.instance)}`;
  const agent = new (options.url.startsWith("https:") ? SecureAgent : Agent)();
  let latest: ClientReport | undefined;
  let cancel: Cancel = () => {};
  let closed = false;

  function tellAfter(delayMs: number): void {
    cancel();
    cancel = scheduler.after(delayMs, tell);
  }

  function tell(): void {
    if (closed || latest === undefined) return;
    tellAfter(repeatMs * (0.9 + 0.1 * random()));
    callRegistry(address, scheduler, { method: "PUT", path, body: latest, agent, timeoutMs: callTimeoutMs }).catch(
      () => undefined,
    );
  }

  return {
    report(report) {
      latest = report;
      tellAfter(gatherMs);
    },
    close() {
      if (closed) return;
      closed = true;
      cancel();
      if (latest === undefined) return agent.destroy();
      callRegistry(address, scheduler, { method: "DELETE", path, agent, timeoutMs: leaveTimeoutMs })
        .catch(() => undefined)
        .finally(() => agent.destroy());
    },
  };
}
