import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { type Cancel, type Clock, MeshError, type Random, type Scheduler } from "@intramesh/core";
import { type InstanceLease, type InstanceRegistration, instancePath } from "../registry-protocol.ts";
import { Backoff, retryAfterMs } from "./backoff.ts";
import { type RegistryAddress, registryAddress } from "./registry-address.ts";
import { answerText, callRegistry, type RegistryAnswer } from "./registry-call.ts";
import { causeText } from "./unreachable.ts";

/** Far below a lease: a renewal that hangs is tried again while the lease still holds. */
const callTimeoutMs = 5_000;

/** Longest interval between two tries after a failure, so that several fit into a lease. */
const longestBackoffMs = 2_000;

/** Between two tries of what the registry refuses for what it says: only an update or a person can help. */
const refusedRetryMs = 10_000;

/** Where the registry does not say when to renew. */
const defaultRenewMs = 10_000;

/** A process that ends does not wait longer for the registry. */
const farewellMs = 2_000;

/** Renewals come up to this share of the interval early, so that those of many instances spread out. */
const renewJitter = 0.1;

/** Which process is to be registered, and where. */
export interface InstanceOptions {
  /** The registry's URL. */
  readonly url: string;
  /** Bearer token. */
  readonly token?: string;
  readonly namespace: string;
  readonly service: string;
  /** Unique within the service. */
  readonly instance: string;
  /** Its `session` is made up where there is none. */
  readonly registration: InstanceRegistration;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Another process has the instance's name now; called once, nothing is renewed after that. */
  onTaken(message: string): void;
  /** Hears of trouble with the registry, once for each. */
  log(message: string): void;
}

/** An instance that is kept in the registry. */
export interface RegisteredInstance {
  /** Resolves when the registry has acknowledged the instance; rejects where its name was taken before that. */
  ready(): Promise<void>;
  /** Announces something else from now on. */
  update(registration: InstanceRegistration): void;
  /** Takes the instance out of the registry, for which it waits two seconds at most. */
  close(): Promise<void>;
}

/**
 * Registers an instance and renews its lease until `close()`. A lost packet or a registry that restarts costs a retry,
 * not the lease. Throws a MeshError with code MESH_BAD_OPTION for a URL that is none.
 */
export function registerInstance(options: InstanceOptions): RegisteredInstance {
  return new Registrar(registryAddress(options.url, options.token), options);
}

class Registrar implements RegisteredInstance {
  readonly #address: RegistryAddress;
  readonly #options: InstanceOptions;
  readonly #path: string;
  readonly #title: string;
  readonly #session: string;
  /** One connection: what is sent first arrives first. */
  readonly #agent: Agent;
  readonly #backoff: Backoff;
  readonly #ready: Promise<void>;
  #acknowledge!: () => void;
  #giveUp!: (error: MeshError) => void;
  #registration: InstanceRegistration;
  #cancelNext: Cancel = () => {};
  #call: Promise<void> | undefined;
  /** Another registration was announced while a call was under way. */
  #again = false;
  #phase: "registering" | "registered" | "taken" | "closed" = "registering";
  #trouble: string | undefined;

  constructor(address: RegistryAddress, options: InstanceOptions) {
    const { namespace, service, instance, registration, url, random } = options;
    this.#address = address;
    this.#options = options;
    this.#registration = registration;
    this.#session = registration.session ?? randomUUID();
    this.#path = instancePath(namespace, service, instance);
    this.#title = `instance ${instance} of ${service}.${namespace}`;
    this.#agent = new (url.startsWith("https:") ? SecureAgent : Agent)({ keepAlive: true, maxSockets: 1 });
    this.#backoff = new Backoff(random, longestBackoffMs);
    this.#ready = new Promise((resolve, reject) => {
      this.#acknowledge = resolve;
      this.#giveUp = reject;
    });
    // Whoever waits hears of it; where nobody does, `onTaken` has said it.
    this.#ready.catch(() => {});
    this.#renew();
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  update(registration: InstanceRegistration): void {
    this.#registration = registration;
    if (this.#phase === "taken" || this.#phase === "closed") return;
    if (this.#call === undefined) this.#renew();
    else this.#again = true;
  }

  async close(): Promise<void> {
    const { scheduler } = this.#options;
    const leaves = this.#phase === "registering" || this.#phase === "registered";
    this.#phase = "closed";
    this.#cancelNext();
    if (leaves) {
      let cancel: Cancel = () => {};
      const deadline = new Promise<void>((resolve) => {
        cancel = scheduler.after(farewellMs, resolve);
      });
      await Promise.race([this.#leave(), deadline]);
      cancel();
    }
    this.#agent.destroy();
  }

  #renew(): void {
    this.#cancelNext();
    this.#again = false;
    const { scheduler } = this.#options;
    const body = { ...this.#registration, session: this.#session };
    const call = { method: "PUT", path: this.#path, body, agent: this.#agent, timeoutMs: callTimeoutMs } as const;
    this.#call = callRegistry(this.#address, scheduler, call)
      .then(
        (answer) => this.#take(answer),
        (error: Error) => this.#retry(causeText(error), this.#backoff.next()),
      )
      .finally(() => {
        this.#call = undefined;
        if (this.#again && this.#isKept()) this.#renew();
      });
  }

  #take(answer: RegistryAnswer): void {
    if (!this.#isKept()) return;
    const { status, retryAfter } = answer;
    if (status >= 200 && status < 300) this.#renewed(answer.body as Partial<InstanceLease> | undefined);
    else if (status === 409) this.#taken(answerText(answer));
    else if (status === 429 || status >= 500) {
      this.#retry(answerText(answer), this.#backoff.next(retryAfterMs(retryAfter, this.#options.clock.wallMs())));
    } else this.#retry(answerText(answer), refusedRetryMs);
  }

  #renewed(lease: Partial<InstanceLease> | undefined): void {
    if (this.#trouble !== undefined) this.#options.log(`${this.#title} is in registry ${this.#address.name} again`);
    this.#trouble = undefined;
    this.#backoff.reset();
    this.#phase = "registered";
    this.#acknowledge();
    const renewMs = lease?.renewSeconds === undefined ? defaultRenewMs : lease.renewSeconds * 1_000;
    this.#plan(renewMs * (1 - renewJitter * this.#options.random()));
  }

  #taken(reason: string): void {
    this.#phase = "taken";
    const message = `${this.#title} is not renewed any more: ${reason}`;
    this.#giveUp(new MeshError("MESH_INSTANCE_TAKEN", message));
    this.#options.onTaken(message);
  }

  #retry(reason: string, waitMs: number): void {
    if (!this.#isKept()) return;
    if (this.#trouble === undefined) {
      const held = this.#phase === "registered" ? "cannot renew its lease" : "is not registered yet";
      this.#options.log(`${this.#title} ${held} in registry ${this.#address.name}, it is tried again: ${reason}`);
    }
    this.#trouble = reason;
    this.#plan(waitMs);
  }

  #plan(waitMs: number): void {
    this.#cancelNext = this.#options.scheduler.after(waitMs, () => this.#renew());
  }

  #isKept(): boolean {
    return this.#phase === "registering" || this.#phase === "registered";
  }

  /** After the renewal under way, which would bring the instance back. */
  async #leave(): Promise<void> {
    await this.#call;
    const path = `${this.#path}?session=${encodeURIComponent(this.#session)}`;
    const call = { method: "DELETE", path, agent: this.#agent, timeoutMs: farewellMs } as const;
    // Whatever comes of it, the lease runs out.
    await callRegistry(this.#address, this.#options.scheduler, call).catch(() => undefined);
  }
}
