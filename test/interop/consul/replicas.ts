import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { consul } from "@intramesh/consul";
import { createMesh, type Mesh } from "intramesh";
import { stateFolder } from "./state-folder.ts";

/** A service of this process that registers with an agent. */
export interface Replica {
  readonly mesh: Mesh;
  /** `127.0.0.1:PORT` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Long enough for the callers of a test to hear of it. */
const drainDelayMs = 500;

/** Short, so that a test need not wait long for what Consul forgets. */
const ttlSeconds = 3;
const graceMs = 3_000;

/** Starts `reviews`, which answers with its instance's id, registered with the agent at `url`. */
export async function startReplica(url: string, instance: string): Promise<Replica> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const mesh = await createMesh({
    service: { name: "reviews", instance, port: 9080, targetPort: port },
    sources: [consul({ url, ttlSeconds, graceMs })],
    drainDelayMs,
    stateDirectory: stateFolder(),
    handleSignals: false,
    logger: { warn: () => undefined },
  });
  server.on(
    "request",
    mesh.listener((_request, response) => response.end(instance)),
  );
  await mesh.ready();
  return {
    mesh,
    endpoint: `127.0.0.1:${port}`,
    async close() {
      await mesh.close();
      server.close();
    },
  };
}

/** A process that calls `reviews` and follows the agent at its own url. */
export interface Caller {
  readonly mesh: Mesh;
  /** Where it would call, sorted. */
  endpoints(): readonly string[];
  /** Calls steadily; resolves, when stopped, to what went wrong. */
  startLoad(perSecond: number): { stop(): Promise<{ readonly sent: number; readonly failures: readonly string[] }> };
}

const target = "http://reviews:9080/";

/** Starts a caller that follows the agent at `url`; it starts from `stateDirectory` where the agent is away. */
export async function startCaller(url: string, stateDirectory: string = stateFolder()): Promise<Caller> {
  const mesh = await createMesh({
    service: { name: "caller" },
    sources: [consul({ url, graceMs })],
    stateDirectory,
    handleSignals: false,
    logger: { warn: () => undefined },
  });
  await mesh.ready();
  return {
    mesh,
    endpoints: () => [...(mesh.explain(target).destinations[0]?.endpoints ?? [])].sort(),
    startLoad(perSecond) {
      const failures: string[] = [];
      const running = new Set<Promise<void>>();
      let sent = 0;
      const call = async (): Promise<void> => {
        try {
          const response = await mesh.fetch(target);
          const body = await response.text();
          if (!response.ok) failures.push(`${response.status} ${body}`);
        } catch (error) {
          failures.push((error as Error).message);
        }
      };
      const timer = setInterval(() => {
        sent += 1;
        const one: Promise<void> = call().finally(() => running.delete(one));
        running.add(one);
      }, 1_000 / perSecond);
      return {
        async stop() {
          clearInterval(timer);
          await Promise.all(running);
          return { sent, failures };
        },
      };
    },
  };
}
