import { randomUUID } from "node:crypto";
import type { Cancel, Random, Scheduler } from "@intramesh/core";
import { type ConsulCall, type ConsulClient, reasonOf, statusOf } from "./consul-client.ts";
import type { CheckDefinition, ServiceDefinition } from "./consul-face.ts";
import type { AnnouncedInstance, InstanceAnnouncement, InstanceHealthCheck } from "./consul-host.ts";
import { metaKeys, metaOf } from "./service-meta.ts";

/** Consul takes a service out that has been critical for this long; it does not accept less than a minute. */
const deregisterAfter = "1m";

/** Renewals within one TTL: two may be lost. */
const renewalsPerTtl = 3;

/** Renewals come up to this share of the interval early, so that those of many instances spread out. */
const renewJitter = 0.1;

const callTimeoutMs = 5_000;

const firstBackoffMs = 100;
const longestBackoffMs = 2_000;

/** A process that ends does not wait longer for Consul. */
const farewellMs = 2_000;

export interface RegistrationParts {
  readonly announcement: InstanceAnnouncement;
  readonly client: ConsulClient;
  /** Where it is registered, for people. */
  readonly place: string;
  readonly ttlSeconds: number;
  readonly scheduler: Scheduler;
  readonly random: Random;
  log(message: string): void;
}

/**
 * Registers an instance with the agent and says that it is well, three times within its TTL, until `close()`. An agent
 * that has forgotten it hears of it anew. Throws an Error where Consul cannot hold the instance.
 */
export function registerService(parts: RegistrationParts): AnnouncedInstance {
  const { announcement, client, place, ttlSeconds, scheduler, random } = parts;
  const session = randomUUID();
  const definition = definitionOf(announcement, ttlSeconds, session);
  const { id } = definition;
  const title = `instance ${id} of ${announcement.service}.${announcement.namespace}`;
  let isClosed = false;
  let isRegistered = false;
  let failures = 0;
  let isTold = false;
  let cancelNext: Cancel = () => {};
  let running: Promise<void> | undefined;
  let acknowledge: () => void;
  const acknowledged = new Promise<void>((resolve) => {
    acknowledge = resolve;
  });

  function renew(): void {
    running = attempt().finally(() => {
      running = undefined;
    });
  }

  async function attempt(): Promise<void> {
    try {
      // A registration says that the check passes.
      await within(isRegistered ? client.pass(id) : client.register(definition), callTimeoutMs, scheduler);
      if (isClosed) return;
      if (isTold) parts.log(`${title} is in ${place}`);
      isTold = false;
      failures = 0;
      isRegistered = true;
      acknowledge();
      plan(((ttlSeconds * 1_000) / renewalsPerTtl) * (1 - renewJitter * random()));
    } catch (error) {
      if (!isClosed) fail(error);
    }
  }

  function fail(error: unknown): void {
    // The agent is there and does not know the check: it has lost its state, or took the instance out.
    const isForgotten = isRegistered && statusOf(error) !== undefined;
    isRegistered &&= !isForgotten;
    failures += 1;
    const status = statusOf(error) ?? 0;
    // What the agent refuses for what it says does not come right by itself; one lost call does.
    const isRefused = !isForgotten && status >= 400 && status < 500;
    if (!isTold && (isRefused || failures > 1)) {
      isTold = true;
      parts.log(`${title} cannot be kept in ${place}, it is tried again: ${reasonOf(error)}`);
    }
    plan(isForgotten ? 0 : firstBackoffMs / 2 + random() * Math.min(longestBackoffMs, firstBackoffMs * 2 ** failures));
  }

  function plan(delayMs: number): void {
    cancelNext = scheduler.after(delayMs, renew);
  }

  /** Unless another process has registered the same id since. */
  async function leave(): Promise<void> {
    await running;
    const meta = await within(client.metaOf(id), farewellMs, scheduler);
    const holder = (meta as Readonly<Record<string, unknown>> | undefined)?.[metaKeys.session];
    if (holder === session) await within(client.deregister(id), farewellMs, scheduler);
  }

  renew();
  return {
    ready: () => acknowledged,
    async close() {
      isClosed = true;
      cancelNext();
      let cancel: Cancel = () => {};
      const deadline = new Promise<void>((resolve) => {
        cancel = scheduler.after(farewellMs, resolve);
      });
      // Whatever comes of it, the TTL runs out.
      await Promise.race([leave().catch(() => undefined), deadline]);
      cancel();
    },
  };
}

function definitionOf(announcement: InstanceAnnouncement, ttlSeconds: number, session: string): ServiceDefinition {
  const { service, instance, registration } = announcement;
  const { address, ports, healthCheck } = registration;
  const name = Object.hasOwn(ports, "http") ? "http" : Object.keys(ports)[0];
  if (name === undefined) throw new Error(`instance ${instance} of ${service} has no port: Consul needs one`);
  const number = ports[name]!;
  return {
    id: instance,
    name: service,
    address,
    port: number,
    meta: metaOf(announcement, { name, number }, session),
    checks: [
      {
        checkid: `service:${instance}`,
        name: "renewed by the process",
        status: "passing",
        ttl: `${ttlSeconds}s`,
        deregistercriticalserviceafter: deregisterAfter,
      },
      ...(healthCheck === undefined ? [] : [httpCheck(healthCheck, instance, address, number)]),
    ],
  };
}

/** The registry's defaults: see docs/graceful-life.md. */
function httpCheck(check: InstanceHealthCheck, instance: string, address: string, port: number): CheckDefinition {
  const { path, intervalSeconds = 10, timeoutSeconds = 1, unhealthyThreshold = 3, healthyThreshold = 1 } = check;
  const host = address.includes(":") ? `[${address}]` : address;
  return {
    checkid: `service:${instance}:http`,
    name: `GET ${path}`,
    status: "passing",
    http: `http://${host}:${port}${path}`,
    interval: `${intervalSeconds}s`,
    timeout: `${timeoutSeconds}s`,
    successbeforepassing: healthyThreshold,
    failuresbeforecritical: unhealthyThreshold,
  };
}

async function within<Value>(call: ConsulCall<Value>, limitMs: number, scheduler: Scheduler): Promise<Value> {
  const cancel = scheduler.after(limitMs, () => call.cancel());
  try {
    return await call.answer;
  } finally {
    cancel();
  }
}
