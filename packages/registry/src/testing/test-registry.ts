import type { TestContext } from "node:test";
import { instancePath } from "@intramesh/discovery";
import { FakeClock } from "@intramesh/testing";
import { createRegistry } from "../create-registry.ts";
import { inMemory, type RegistryOptions } from "../options.ts";

/** One answer, read whole. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** JSON where it is some. */
  readonly body: ReplyBody;
}

/** Whatever a test expects there: a wrong expectation fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of many shapes, read by tests only.
export type ReplyBody = any;

/** A registry on a free port that ends with its test, and time that the test moves. */
export interface TestRegistry {
  readonly url: string;
  readonly clock: FakeClock;
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  /** Registers or renews `service`/`instance` in `default`. */
  register(service: string, instance: string, more?: Readonly<Record<string, unknown>>): Promise<Reply>;
  /** Lines of a stream, parsed; it is given up when the test ends. */
  lines(path: string, headers?: Readonly<Record<string, string>>): Promise<AsyncGenerator<ReplyBody>>;
  close(): Promise<void>;
}

/** Starts one, in memory unless `options` say otherwise. */
export async function startTestRegistry(t: TestContext, options: RegistryOptions = {}): Promise<TestRegistry> {
  const clock = new FakeClock();
  const registry = await createRegistry({ port: 0, data: inMemory, clock, scheduler: clock, ...options });
  const streams = new AbortController();
  // A response that nobody holds is cancelled when it is collected.
  const responses: Response[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= registry.close();
    return closing;
  };
  t.after(async () => {
    streams.abort();
    await close();
  });
  const ask: TestRegistry["ask"] = async (method, path, body, headers = {}) => {
    const response = await fetch(registry.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json");
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    url: registry.url,
    clock,
    ask,
    register: (service, instance, more = {}) =>
      ask("PUT", instancePath("default", service, instance), { address: "10.0.0.1", ports: { http: 9080 }, ...more }),
    async lines(path, headers = {}) {
      const response = await fetch(registry.url + path, { headers, signal: streams.signal });
      responses.push(response);
      return parseLines(response.body!);
    },
    close,
  };
}

/** The next `count` of a stream. */
export async function take(lines: AsyncGenerator<ReplyBody>, count: number): Promise<ReplyBody[]> {
  const taken: ReplyBody[] = [];
  while (taken.length < count) {
    const { done, value } = await lines.next();
    if (done) throw new Error(`the stream ended after ${taken.length} of ${count} lines`);
    taken.push(value);
  }
  return taken;
}

/** A VirtualService that sends everything to one host. */
export function virtualService(name: string, more: Readonly<Record<string, unknown>> = {}): ReplyBody {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name, ...more },
    spec: { hosts: [name], http: [{ route: [{ destination: { host: name } }] }] },
  };
}

async function* parseLines(body: ReadableStream<Uint8Array>): AsyncGenerator<ReplyBody> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}
