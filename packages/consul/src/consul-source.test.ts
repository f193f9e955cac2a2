import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { ConsulHost, ConsulState } from "./consul-host.ts";
import { consul } from "./consul-source.ts";
import type { ConsulOptions } from "./options.ts";
import { healthEntry } from "./testing/health-entry.ts";
import { type StubAgent, type StubAnswer, startStubAgent } from "./testing/stub-agent.ts";

const host: ConsulHost = {
  clock: { now: () => performance.now(), wallMs: () => 0 },
  scheduler: {
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
  },
  random: () => 0.5,
  parse: async () => ({ resources: [], problems: [] }),
  log: () => undefined,
};

interface Followed {
  readonly agent: StubAgent;
  readonly states: readonly ConsulState[];
  /** Resolves at the first state. */
  readonly first: Promise<ConsulState>;
  /** Resolves at the first error. */
  readonly error: Promise<Error>;
}

/** Follows a stub; `answer` gets each path without `/v1/`. */
async function follow(
  t: TestContext,
  answer: (path: string, query: URLSearchParams) => StubAnswer,
  options: ConsulOptions = {},
): Promise<Followed> {
  const agent = await startStubAgent((path, query) => answer(path.replace("/v1/", ""), query));
  const source = consul({ url: agent.url, ...options });
  t.after(async () => {
    await source.close();
    agent.close();
  });
  source.attach(host);
  const states: ConsulState[] = [];
  let onFirst: (state: ConsulState) => void;
  let onError: (error: Error) => void;
  const first = new Promise<ConsulState>((resolve) => {
    onFirst = resolve;
  });
  const error = new Promise<Error>((resolve) => {
    onError = resolve;
  });
  source.start({
    onUpdate(state) {
      states.push(state);
      onFirst(state);
    },
    onError: (each) => onError(each),
  });
  return { agent, states, first, error };
}

/** As Consul would, but at once, with an index that grows each time. */
function hasty(): (path: string) => StubAnswer {
  let index = 0;
  return (path) => {
    index += 1;
    const headers = { "x-consul-index": String(index) };
    if (path === "catalog/services") return { headers, body: { consul: [], web: [] } };
    if (path === "health/service/web") return { headers, body: [healthEntry("a")] };
    return { status: 404, headers, body: "" };
  };
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

describe("consul()", { concurrency: true, timeout: 30_000 }, () => {
  it("delivers one state, and asks a few times a second, where answers come at once and say the same", async (t) => {
    const { agent, states, first } = await follow(t, hasty(), { token: "secret" });
    assert.deepEqual(
      (await first).resources.map(({ metadata }) => metadata.name),
      ["a.node"],
    );
    await passed(2_000);
    assert.equal(states.length, 1);
    // Three queries: 100, 200, 400, 800 and then 1,000 ms apart.
    assert.ok(agent.requests.length <= 3 * 8, `${agent.requests.length} requests`);
    assert.ok(agent.requests.every(({ path, token }) => token === "secret" && !path.endsWith("/consul")));
  });

  it("follows only the services that it is told to", async (t) => {
    const { agent, first } = await follow(t, hasty(), { services: ["web"] });
    await first;
    assert.ok(agent.requests.every(({ path }) => path !== "/v1/catalog/services"));
  });

  it("does without keys that its token may not read, and says so", async (t) => {
    const answer = hasty();
    const { first, error } = await follow(t, (path) =>
      path.startsWith("kv/") ? { status: 403, body: "Permission denied" } : answer(path),
    );
    assert.equal((await first).resources.length, 1);
    assert.match(
      (await error).message,
      /^consul http:\S+ does not tell the keys below intramesh\/resources\/: 403 Permission denied; /,
    );
  });

  for (const [what, wrong, message] of [
    [
      "a cluster without a leader",
      { status: 500, body: "No cluster leader" },
      /the catalog: 500 No cluster leader; nothing is known yet/,
    ],
    ["a proxy's page", { body: "<html>" }, /something else answers at this address/],
    ["a token that may not read services", { body: {} }, /not even Consul itself is in it: the token needs a policy/],
  ] as const) {
    it(`says what is wrong with ${what}, and delivers nothing`, async (t) => {
      const answer = hasty();
      const ask = (path: string): StubAnswer => (path === "catalog/services" ? wrong : answer(path));
      const { error, states } = await follow(t, ask, { token: "secret" });
      const { code, message: said } = (await error) as Error & { readonly code: string };
      assert.equal(code, "MESH_REGISTRY_UNREACHABLE");
      assert.match(said, message);
      assert.equal(states.length, 0);
    });
  }

  it("asks for the datacenter that it is told", async (t) => {
    const answer = hasty();
    const seen = new Set<string | null>();
    const { first } = await follow(
      t,
      (path, query) => {
        seen.add(query.get("dc"));
        return answer(path);
      },
      { datacenter: "east" },
    );
    await first;
    assert.deepEqual([...seen], ["east"]);
  });

  it("says that it belongs to no mesh where none has taken it", () => {
    const source = consul({ url: "http://127.0.0.1:1" });
    const listener = { onUpdate: () => undefined, onError: () => undefined };
    assert.throws(() => source.start(listener), { code: "MESH_BAD_OPTION", message: /give it to createMesh/ });
  });
});
