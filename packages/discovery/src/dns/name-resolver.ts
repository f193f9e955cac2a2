import { lookup as systemLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isIPv6 } from "node:net";
import type { Cancel, Random, Scheduler } from "@intramesh/core";
import { refreshDelayMs, retryDelayMs } from "./refresh-delay.ts";
import type { LookUpName, NameAnswer, ResolvedAddress } from "./resolved-address.ts";

/** A name that somebody follows. */
export interface FollowedName {
  /** The last good addresses; empty where the name has not resolved yet; undefined until the first look-up has ended. */
  readonly addresses: readonly ResolvedAddress[] | undefined;
  /** Why the last look-up failed; undefined where it did not. */
  readonly failure: string | undefined;
  /** Nobody asks any more where all who followed it have stopped. */
  stop(): void;
}

/** Names and their addresses, kept current in the background for as long as somebody follows them. */
export interface NameResolver {
  /**
   * `onAnswer` is called, never from within this call, when the first look-up has ended and whenever the addresses are
   * others; not where only their order is.
   */
  follow(name: string, onAnswer: () => void): FollowedName;
  /** For `net.connect`: the last good addresses of followed names without asking anybody; other names by the system. */
  readonly lookup: LookupFunction;
  close(): void;
}

export interface NameResolverParts {
  readonly lookUp: LookUpName;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** A name does not resolve, told once until it does again; the message says for people what is used meanwhile. */
  onFailure(message: string): void;
}

/** Looks up followed names, again when their TTL is over, and after failures with growing pauses. What was good stays. */
export function createNameResolver(parts: NameResolverParts): NameResolver {
  const names = new Map<string, Name>();
  return {
    follow(name, onAnswer) {
      const key = name.toLowerCase();
      const known = names.get(key);
      const entry = known ?? new Name(key, parts);
      if (known === undefined) names.set(key, entry);
      const stop = entry.join(onAnswer);
      return {
        get addresses() {
          return entry.addresses;
        },
        get failure() {
          return entry.failure;
        },
        stop() {
          stop();
          if (!entry.abandoned || names.get(key) !== entry) return;
          names.delete(key);
          entry.close();
        },
      };
    },
    lookup(hostname, options, callback) {
      const entry = names.get(hostname.toLowerCase());
      if (entry === undefined) systemLookup(hostname, options, callback);
      else void entry.answered.then(() => tell(entry, options.all === true, callback));
    },
    close() {
      for (const entry of names.values()) entry.close();
      names.clear();
    },
  };
}

type LookupCallback = Parameters<LookupFunction>[2];

function tell(entry: Name, all: boolean, callback: LookupCallback): void {
  const found = (entry.addresses ?? []).map(({ address }) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  const [first] = found;
  if (first === undefined) {
    const error = Object.assign(new Error(entry.failure), { code: "ENOTFOUND", hostname: entry.name });
    callback(error, "");
  } else if (all) callback(null, found);
  else callback(null, first.address, first.family);
}

class Name {
  readonly name: string;
  /** Resolves when the first look-up has ended, whichever way. */
  readonly answered: Promise<void>;
  /** Why the last look-up failed; undefined where it did not. */
  failure: string | undefined;
  readonly #parts: NameResolverParts;
  readonly #listeners = new Set<() => void>();
  #answer: NameAnswer | undefined;
  #asked = false;
  #failures = 0;
  #cancelNext: Cancel = () => {};
  #closed = false;

  constructor(name: string, parts: NameResolverParts) {
    this.name = name;
    this.#parts = parts;
    this.answered = this.#ask();
  }

  get addresses(): readonly ResolvedAddress[] | undefined {
    return this.#asked ? (this.#answer?.addresses ?? []) : undefined;
  }

  get abandoned(): boolean {
    return this.#listeners.size === 0;
  }

  /** Returns the way out. */
  join(listener: () => void): () => void {
    // One object for each who joins: the same function may come twice.
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  close(): void {
    this.#closed = true;
    this.#cancelNext();
  }

  async #ask(): Promise<void> {
    const { lookUp, scheduler, random } = this.#parts;
    let delayMs: number;
    let isNews = !this.#asked;
    try {
      const answer = await lookUp(this.name, this.#answer);
      isNews ||= !sameAddresses(answer.addresses, this.#answer?.addresses ?? []);
      this.#answer = answer;
      this.#failures = 0;
      this.failure = undefined;
      delayMs = refreshDelayMs(answer.ttlMs, random());
    } catch (error) {
      if (this.#closed) return;
      this.failure = (error as Error).message;
      delayMs = retryDelayMs(this.#failures, random());
      if (this.#failures === 0) this.#complain();
      this.#failures += 1;
    }
    this.#asked = true;
    if (this.#closed) return;
    this.#cancelNext = scheduler.after(delayMs, () => void this.#ask());
    if (isNews) for (const listener of this.#listeners) listener();
  }

  #complain(): void {
    const known = (this.#answer?.addresses ?? []).map(({ address }) => address);
    const meanwhile =
      known.length === 0
        ? "calls to it fail until it resolves; check the name and the name server"
        : `calls go on to its last addresses: ${known.join(", ")}`;
    this.#parts.onFailure(`${this.failure}; ${meanwhile}. It is looked up again with growing pauses`);
  }
}

/** Name servers turn their answers around: the order says nothing. */
function sameAddresses(some: readonly ResolvedAddress[], others: readonly ResolvedAddress[]): boolean {
  const keys = new Set(some.map(addressKey));
  const otherKeys = new Set(others.map(addressKey));
  return keys.size === otherKeys.size && [...keys].every((key) => otherKeys.has(key));
}

function addressKey({ address, port, weight }: ResolvedAddress): string {
  return `${address} ${port} ${weight}`;
}
