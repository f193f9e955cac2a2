import { isIP } from "node:net";
import type { Endpoint, NameResolution } from "@intramesh/core";
import type { FollowedName, NameResolver, ResolvedAddress } from "@intramesh/discovery";

/** Names that are asked for by kind of service (SRV, RFC 2782): they say port and weight, so that none is one endpoint. */
const isServiceName = (name: string): boolean => name.startsWith("_");

/** An endpoint behind a name, and the declared one that it stands for. */
interface Stand {
  readonly declared: Endpoint;
  readonly endpoint: Endpoint;
  readonly weight: number;
}

/**
 * The endpoints of one cluster with the names among them followed, for as long as the cluster is in use. An endpoint keeps
 * its identity from one answer to the next.
 */
export class ResolvedEndpoints {
  /** Those to balance over. */
  endpoints: readonly Endpoint[] = [];
  readonly #names: Pick<NameResolver, "follow">;
  readonly #onChange: (endpoints: readonly Endpoint[]) => void;
  readonly #followed = new Map<string, FollowedName>();
  #declared: readonly Endpoint[] = [];
  #resolution: NameResolution = "ON_CONNECT";
  #stands: ReadonlyMap<string, Stand> = new Map();
  #starting: PromiseWithResolver | undefined;

  /** `onChange` is called when names lead elsewhere, never from within a call. */
  constructor(names: Pick<NameResolver, "follow">, onChange: (endpoints: readonly Endpoint[]) => void) {
    this.#names = names;
    this.#onChange = onChange;
  }

  /** While there is nobody to call only because names have not been looked up yet; undefined then. */
  get starting(): Promise<void> | undefined {
    return this.#starting?.promise;
  }

  /** Names that do not resolve at the moment, with the reason; their last good addresses are used. */
  get problems(): readonly string[] {
    return [...this.#followed.values()].map(({ failure }) => failure).filter((failure) => failure !== undefined);
  }

  /** Takes over what is declared now. */
  declare(resolution: NameResolution, declared: readonly Endpoint[]): readonly Endpoint[] {
    if (resolution === this.#resolution && declared === this.#declared) return this.endpoints;
    this.#resolution = resolution;
    this.#declared = declared;
    this.#followOnly(new Set(resolution === "ON_CONNECT" ? [] : declared.map(({ address }) => address).filter(isName)));
    this.#build();
    return this.endpoints;
  }

  close(): void {
    this.#followOnly(new Set());
    this.#starting?.resolve();
    this.#starting = undefined;
  }

  #followOnly(wanted: ReadonlySet<string>): void {
    // New ones first: a name that stays followed by somebody is not looked up again.
    for (const name of wanted) {
      if (!this.#followed.has(name))
        this.#followed.set(
          name,
          this.#names.follow(name, () => this.#answered()),
        );
    }
    for (const [name, followed] of this.#followed) {
      if (wanted.has(name)) continue;
      this.#followed.delete(name);
      followed.stop();
    }
  }

  #answered(): void {
    const before = this.endpoints;
    this.#build();
    if (this.endpoints !== before) this.#onChange(this.endpoints);
  }

  #build(): void {
    if (this.#followed.size === 0) this.endpoints = this.#declared;
    else this.#resolve();
    this.#settle();
  }

  #resolve(): void {
    const stands = new Map<string, Stand>();
    const endpoints = new Map<string, Endpoint>();
    for (const declared of this.#declared) {
      for (const endpoint of this.#behind(declared, stands)) {
        // Two names may lead to one place.
        if (!endpoints.has(endpoint.id)) endpoints.set(endpoint.id, endpoint);
      }
    }
    this.#stands = stands;
    if (!sameItems([...endpoints.values()], this.endpoints)) this.endpoints = [...endpoints.values()];
  }

  #behind(declared: Endpoint, stands: Map<string, Stand>): readonly Endpoint[] {
    const followed = this.#followed.get(declared.address);
    if (followed === undefined) return [declared];
    if (this.#resolution === "LOGICAL_DNS" && !isServiceName(declared.address)) return [declared];
    return (followed.addresses ?? []).map((address) => {
      const key = `${declared.id} ${address.address} ${address.port}`;
      const before = this.#stands.get(key);
      const isSame = before?.declared === declared && before.weight === address.weight;
      const stand = isSame ? before : { declared, weight: address.weight, endpoint: endpointAt(declared, address) };
      stands.set(key, stand);
      return stand.endpoint;
    });
  }

  #settle(): void {
    const isUnknown = [...this.#followed.values()].some(({ addresses }) => addresses === undefined);
    if (this.endpoints.length === 0 && isUnknown) this.#starting ??= withResolver();
    else {
      this.#starting?.resolve();
      this.#starting = undefined;
    }
  }
}

function sameItems(some: readonly Endpoint[], others: readonly Endpoint[]): boolean {
  return some.length === others.length && some.every((endpoint, at) => endpoint === others[at]);
}

function isName(address: string): boolean {
  return isIP(address) === 0 && !address.startsWith("unix://");
}

function endpointAt(declared: Endpoint, { address, port = declared.port, weight }: ResolvedAddress): Endpoint {
  const id = `${address.includes(":") ? `[${address}]` : address}:${port}`;
  return { ...declared, id, address, port, weight: declared.weight * weight };
}

interface PromiseWithResolver {
  readonly promise: Promise<void>;
  resolve(): void;
}

function withResolver(): PromiseWithResolver {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
