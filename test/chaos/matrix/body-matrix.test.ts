import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, describe, it } from "node:test";
import type { Mesh } from "intramesh";
import { request } from "undici";
import { createMeshStage, type Place, route, service } from "./mesh-stage.ts";
import { digestOf, type ReplayBody, replayBodies } from "./replay-bodies.ts";

/** 256 KiB: more than the buffers of a loopback socket hold at once, less than a quarter of the replay limit. */
const chunks = 16;

/** What the upstream saw of one call: attempts that reached it, and what came with the last. */
interface Seen {
  attempts: number;
  /** The number that the last attempt carried. */
  attemptCount: string | undefined;
  digest: string;
}

/** What happens to a first attempt. Returns true where it dealt with the request. */
type FirstFate = (request: IncomingMessage, response: ServerResponse) => void;

interface Fault {
  readonly name: string;
  /** Undefined: the first attempt goes to a port where nothing listens. */
  readonly fate: FirstFate | undefined;
  /** Further fields of the route's `retries`. */
  readonly retries?: string;
}

const faults: readonly Fault[] = [
  {
    name: "503",
    fate: (incoming, response) => {
      incoming.resume().on("end", () => {
        response.statusCode = 503;
        response.end();
      });
    },
  },
  {
    name: "reset in the middle of the body",
    fate: (incoming) => incoming.once("data", () => incoming.socket.destroy()),
  },
  { name: "connect failure", fate: undefined },
  { name: "per-try timeout", fate: (incoming) => incoming.resume(), retries: "perTryTimeout: 150ms," },
];

type Face = (mesh: Mesh, body: unknown) => Promise<number>;

const faces: Readonly<Record<string, Face>> = {
  async fetch(mesh, body) {
    const response = await mesh.fetch("http://upstream/", { method: "POST", body, duplex: "half" } as RequestInit);
    await response.arrayBuffer();
    return response.status;
  },
  async request(mesh, body) {
    // undici's types leave out bodies that its dispatchers are given all the same.
    const { statusCode, body: answer } = await request("http://upstream/", {
      method: "POST",
      body: body as string,
      dispatcher: mesh.dispatcher,
    });
    await answer.dump();
    return statusCode;
  },
};

describe("a request body that is sent again", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  /** A mesh before an upstream that does `fate` to each call's first attempt, and answers the others. */
  async function upstream({ fate, retries = "" }: Fault): Promise<{ readonly mesh: Mesh; readonly call: Call }> {
    let seen: Seen = { attempts: 0, attemptCount: undefined, digest: "" };
    const server = await stage.server(async (incoming, response) => {
      seen.attempts += 1;
      if (fate !== undefined && seen.attempts === 1) {
        fate(incoming, response);
        return;
      }
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      seen.attemptCount = incoming.headers["x-envoy-attempt-count"]?.toString();
      seen.digest = await digestOf(Buffer.concat(parts), incoming.headers["content-type"]);
      response.end();
    });
    const places: Place[] = fate === undefined ? [{ port: 1 }, server] : [server];
    const mesh = await stage.mesh([
      ...service("upstream", places, "{ loadBalancer: { simple: ROUND_ROBIN } }"),
      ...route("upstream", `retries: { ${retries} attempts: 1, retryOn: '5xx,connect-failure', backoff: 1ms }`),
    ]);
    return {
      mesh,
      async call(face, body) {
        seen = { attempts: 0, attemptCount: undefined, digest: "" };
        const status = await face(mesh, body.make());
        return { status, ...seen };
      },
    };
  }
  type Call = (face: Face, body: ReplayBody) => Promise<Seen & { readonly status: number }>;

  for (const fault of faults) {
    const { fate } = fault;
    describe(`after ${fault.name}`, () => {
      const made = upstream(fault);
      for (const [faceName, face] of Object.entries(faces)) {
        for (const body of replayBodies(chunks)) {
          it(`a ${body.name} by ${faceName} arrives whole with the second attempt`, async () => {
            const { call } = await made;
            let seen = await call(face, body);
            // Two endpoints take turns: the dead one is first in at least every second call.
            if (fate === undefined && seen.attemptCount === "1") seen = await call(face, body);
            assert.deepEqual(seen, {
              status: 200,
              attempts: fate === undefined ? 1 : 2,
              attemptCount: "2",
              digest: body.digest,
            });
          });
        }
      }
    });
  }

  /** 2 MiB, twice the default limit. */
  const large = replayBodies(128);
  const inMemory: ReadonlySet<string> = new Set(["string", "Buffer", "Blob", "FormData", "URLSearchParams"]);

  describe("above the replay limit", () => {
    const made = upstream(faults[0]!);
    for (const [faceName, face] of Object.entries(faces)) {
      for (const body of large.filter(({ name }) => name.startsWith("Readable"))) {
        it(`a ${body.name} by ${faceName} has one attempt, and its 503 stands`, async () => {
          const { status, attempts } = await (await made).call(face, body);
          assert.deepEqual([status, attempts], [503, 1]);
        });
      }
      for (const body of large.filter(({ name }) => inMemory.has(name))) {
        it(`a ${body.name} by ${faceName} is at hand all the same and arrives whole`, async () => {
          const { status, attempts, digest } = await (await made).call(face, body);
          assert.deepEqual([status, attempts, digest], [200, 2, body.digest]);
        });
      }
    }
  });
});
