import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import type { ConsulHost } from "./consul-host.ts";

interface KnownKey {
  readonly text: string;
  readonly problems: readonly string[];
  /** What it last said that was right. */
  readonly good: readonly Resource[];
}

/** What the keys below a prefix say. */
export interface KeyReading {
  /** A resource that did not change is the same object as in the reading before. */
  readonly resources: readonly Resource[];
  /** Everything that is wrong, each on one line that begins with the key. */
  readonly problems: readonly string[];
}

/** Resources in Consul's keys, one text of documents in each. A key whose text is wrong keeps what it last said. */
export class KeyResources {
  readonly #parse: ConsulHost["parse"];
  #keys: ReadonlyMap<string, KnownKey> = new Map();

  constructor(parse: ConsulHost["parse"]) {
    this.#parse = parse;
  }

  /** Takes the texts by key; one call at a time. `keepMissing`: keys that are not there keep what they said. */
  async take(texts: ReadonlyMap<string, string>, keepMissing: boolean): Promise<KeyReading> {
    const keys = new Map<string, KnownKey>();
    const read = async ([key, text]: readonly [string, string]): Promise<readonly [string, KnownKey]> => {
      const before = this.#keys.get(key);
      return [key, before?.text === text ? before : await this.#read(key, text, before?.good ?? [])];
    };
    for (const [key, known] of await Promise.all([...texts].map(read))) keys.set(key, known);
    if (keepMissing) for (const [key, known] of this.#keys) if (!keys.has(key)) keys.set(key, known);
    this.#keys = keys;
    return this.#merge();
  }

  async #read(key: string, text: string, good: readonly Resource[]): Promise<KnownKey> {
    const { resources, problems } = await this.#parse(text, key);
    if (problems.length > 0) return { text, problems, good };
    const same = (resource: Resource): Resource => good.find((one) => isDeepStrictEqual(one, resource)) ?? resource;
    return { text, problems, good: resources.map(same) };
  }

  #merge(): KeyReading {
    const resources = new Map<string, Resource>();
    const origins = new Map<string, string>();
    const problems: string[] = [];
    for (const [key, known] of this.#keys) {
      problems.push(...known.problems);
      for (const resource of known.good) {
        const name = resourceKey(resource);
        const origin = origins.get(name);
        if (origin === undefined) {
          origins.set(name, key);
          resources.set(name, resource);
        } else problems.push(`${key}: ${name} is in ${origin} already, which wins`);
      }
    }
    return { resources: [...resources.values()], problems };
  }
}

/** The texts by key in an answer of `/v1/kv/PREFIX?recurse`. Throws an Error where it is no such answer. */
export function readKeys(body: unknown): ReadonlyMap<string, string> {
  const pairs = body ?? [];
  if (!Array.isArray(pairs) || !pairs.every(isPair)) {
    throw new Error("the answer is not a list of keys as Consul sends it: something else answers at this address");
  }
  // Consul's pages make folders of keys that end in a slash and hold nothing.
  return new Map(pairs.filter(({ Key }) => !Key.endsWith("/")).map(({ Key, Value }) => [Key, Value ?? ""]));
}

function isPair(value: unknown): value is { readonly Key: string; readonly Value?: string | null } {
  const { Key, Value } = (value ?? {}) as { readonly Key?: unknown; readonly Value?: unknown };
  return typeof Key === "string" && (Value === undefined || Value === null || typeof Value === "string");
}

/** Identity of a resource, and how people name it: `VirtualService default/reviews`. */
export function resourceKey({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.namespace || "default"}/${metadata.name}`;
}
