import type { Random } from "@intramesh/core";

/** What a resource of a writer's may be: its number, or undefined where it is not there. */
export type Version = number | undefined;

/** One writer with resources of its own; it remembers what it was told, and what it does not know. */
export interface RandomWriter {
  /** Writes one after the other until a request breaks off. Resolves then. */
  run(url: string): Promise<void>;
  /** By name: the states that the registry may be in. More than one where an answer did not come. */
  readonly possible: ReadonlyMap<string, readonly Version[]>;
  /** Once it is known what is: from here on only that is possible. */
  settle(name: string, version: Version): void;
  /** Writes that were acknowledged. */
  readonly acknowledged: number;
}

const namesEach = 20;

/** Makes writer number `writer`. */
export function createRandomWriter(writer: number, random: Random): RandomWriter {
  const possible = new Map<string, readonly Version[]>();
  let counter = 0;
  let acknowledged = 0;

  async function writeOne(url: string): Promise<void> {
    const name = `w${writer}-${Math.floor(random() * namesEach)}`;
    const [now] = possible.get(name) ?? [undefined];
    const isDeletion = now !== undefined && random() < 0.3;
    counter += 1;
    const next = isDeletion ? undefined : counter;
    possible.set(name, [now, next]);
    const path = now === undefined ? rulesPath : `${rulesPath}/${name}`;
    const method = isDeletion ? "DELETE" : now === undefined ? "POST" : "PUT";
    const body = next === undefined ? null : JSON.stringify(numberedRule(name, next));
    const response = await fetch(url + path, { method, body, headers: { "content-type": "application/json" } });
    const text = await response.text();
    if (!response.ok) throw new Refused(`${method} ${name}: ${response.status} ${text}`);
    possible.set(name, [next]);
    acknowledged += 1;
  }

  return {
    possible,
    settle: (name, version) => void possible.set(name, [version]),
    get acknowledged() {
      return acknowledged;
    },
    async run(url) {
      try {
        // One after the other: the next depends on what this one came to.
        for (;;) await writeOne(url);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
    },
  };
}

class Refused extends Error {}

const rulesPath = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

/** Says its number in three places, so that half of it would show; one of ten takes several pages. */
function numberedRule(name: string, number: number): object {
  const padding = "x".repeat(number % 10 === 0 ? (number * 37) % 20_000 : 0);
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name, annotations: { number: String(number), padding } },
    spec: { hosts: [name], http: [{ name: `n${number}`, route: [{ destination: { host: `n${number}` } }] }] },
  };
}

interface NumberedRule {
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly http: readonly [
      { readonly name: string; readonly route: readonly [{ readonly destination: { readonly host: string } }] },
    ];
  };
}

/** What the registry holds. `torn`: names of what does not say one number everywhere. */
export interface Held {
  readonly versions: ReadonlyMap<string, number>;
  readonly torn: readonly string[];
}

/** Reads it. */
export async function readHeld(url: string): Promise<Held> {
  const response = await fetch(url + rulesPath);
  const { items } = (await response.json()) as { readonly items: readonly NumberedRule[] };
  const versions = new Map<string, number>();
  const torn: string[] = [];
  for (const { metadata, spec } of items) {
    const number = Number(metadata.annotations["number"]);
    const whole = JSON.stringify({ metadata: metadata.annotations, spec });
    const { metadata: wanted, spec: wantedSpec } = numberedRule(metadata.name, number) as NumberedRule;
    if (whole !== JSON.stringify({ metadata: wanted.annotations, spec: wantedSpec })) torn.push(metadata.name);
    versions.set(metadata.name, number);
  }
  return { versions, torn };
}
