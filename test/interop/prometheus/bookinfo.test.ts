import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Bookinfo, startBookinfo } from "@intramesh/example-bookinfo";
import { type Dashboard, dashboardNames, fillIn, readDashboard } from "./dashboards.ts";
import {
  type IstioQuery,
  kialiEdgeLabels,
  kialiQueries,
  meshQueries,
  serviceQueries,
  unanswered,
  workloadQueries,
} from "./istio-queries.ts";
import { type Prometheus, startPrometheus } from "./prometheus-server.ts";
import { skipWithoutPrometheus } from "./prometheus-tool.ts";

/** A look at the page each tenth of a second, two scrapes for a rate, a machine that others use too. */
const limitMs = 60_000;

/** Faults, so that there are calls that fail on both sides of 500. */
const faults = [
  ["ratings", 503],
  ["details", 404],
] as const;

/** What dashboards are looked at with. */
const chosen: Readonly<Record<string, string>> = {
  service: "ratings.default.svc.cluster.local",
  namespace: "default",
  app: "reviews",
  version: ".*",
};

describe("Prometheus on Bookinfo", { skip: skipWithoutPrometheus, timeout: 300_000 }, () => {
  let bookinfo: Bookinfo | undefined;
  let prometheus: Prometheus | undefined;
  const stop = new AbortController();
  let load: Promise<void> | undefined;

  before(async () => {
    bookinfo = await startMeteredBookinfo();
    await Promise.all(faults.map(([host, status]) => injectFault(bookinfo!.registryUrl, host, status)));
    prometheus = await startPrometheus(bookinfo.registryUrl);
    load = makeLoad(bookinfo, stop.signal);
    // A failure is thrown at the end.
    load.catch(() => undefined);
  });
  after(async () => {
    stop.abort();
    await load;
    await prometheus?.stop();
    await bookinfo?.stop();
  });

  it("finds every instance by the registry and scrapes it", async () => {
    const instances = await discovered(bookinfo!.registryUrl);
    assert.equal(instances.length, 7);
    await eventually("all targets are up", async () => {
      const targets = await prometheus!.targets();
      const wrong = targets.filter(({ health }) => health !== "up");
      return targets.length === instances.length + 1 && wrong.length === 0
        ? []
        : wrong.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`).concat(`${targets.length} targets`);
    });
    const labels = (await prometheus!.targets()).flatMap(({ scrapePool, labels: { service, version } }) =>
      scrapePool === "intramesh" ? [`${service} ${version}`] : [],
    );
    assert.deepEqual(labels.sort(), [
      "details v1",
      "productpage v1",
      "ratings v1",
      "ratings v2",
      "reviews v1",
      "reviews v2",
      "reviews v3",
    ]);
  });

  for (const [name, queries] of [
    ["Istio's Mesh dashboard", meshQueries],
    ["Istio's Service dashboard", serviceQueries],
    ["Istio's Workload dashboard", workloadQueries],
    ["Kiali's graph", kialiQueries],
  ] as const) {
    it(`answers every query of ${name} with data`, () => allAnswered(queries));
  }

  it("knows what Istio's dashboards ask of TCP and of gRPC's messages, and has no data for it", async () => {
    for (const { expression } of unanswered) assert.deepEqual(await prometheus!.query(expression), [], expression);
  });

  it("gives Kiali every label of an edge, on every edge", async () => {
    for (const reporter of ["source", "destination"]) {
      const series = await prometheus!.series(`istio_requests_total{reporter="${reporter}"}`);
      assert.ok(series.length > 0);
      for (const labels of series) {
        // Prometheus drops empty ones.
        const missing = kialiEdgeLabels.filter((label) => label !== "grpc_response_status" && !(label in labels));
        assert.deepEqual(missing, []);
      }
    }
  });

  it("sees each call from both sides alike", async () => {
    const edges = (reporter: string): Promise<string[]> =>
      prometheus!
        .query(
          `sum(istio_requests_total{reporter="${reporter}",response_flags="-",source_workload!="unknown"}) by (source_workload, destination_workload, destination_service)`,
        )
        .then((results) =>
          results
            .map(
              ({ metric }) =>
                `${metric["source_workload"]} ${metric["destination_workload"]} ${metric["destination_service"]}`,
            )
            .sort(),
        );
    // The two sides are scraped one after the other.
    await eventually("both sides have the same edges", async () => {
      const [callers, callees] = [await edges("source"), await edges("destination")];
      if (callers.length === 0) return ["no edges"];
      return [...callers, ...callees].filter((edge) => !callers.includes(edge) || !callees.includes(edge));
    });
  });

  for (const name of dashboardNames) {
    it(`answers every panel of our dashboard ${name} with data`, async () => {
      const dashboard = readDashboard(name);
      const values = await variablesOf(dashboard);
      await allAnswered(
        dashboard.expressions.map(({ panel, expression }) => ({
          panel,
          expression: fillIn(unfiltered(expression), values),
        })),
      );
    });
  }

  /** Each variable has values to choose from; the one that is looked at is one of them. */
  async function variablesOf({ variables }: Dashboard): Promise<Readonly<Record<string, string>>> {
    const values: Record<string, string> = {};
    for (const { name, selector, label } of variables) {
      const series = await prometheus!.series(fillIn(selector, values));
      const found = [...new Set(series.flatMap((labels) => labels[label] ?? []))];
      const value = chosen[name] ?? found[0];
      assert.ok(value === ".*" ? found.length > 0 : found.includes(value!), `$${name}: ${found}`);
      values[name] = value!;
    }
    return values;
  }

  /** Waits until each has an answer that is a number; others are left out of the message. */
  async function allAnswered(queries: readonly IstioQuery[]): Promise<void> {
    let left = queries;
    await eventually("every query has data", async () => {
      const open: IstioQuery[] = [];
      for (const each of left) {
        const results = await prometheus!.query(each.expression);
        if (!results.some(({ value }) => Number.isFinite(value))) open.push(each);
      }
      left = open;
      return left.map(({ panel, expression }) => `${panel}: ${expression}`);
    });
  }
});

/** Panels that show trouble only ask for what is more than none. */
function unfiltered(expression: string): string {
  return expression.replace(/ > 0$/, "");
}

/** Processes inherit this one's environment; this test file is a process of its own. */
async function startMeteredBookinfo(): Promise<Bookinfo> {
  const data = mkdtempSync(join(tmpdir(), "intramesh-metered-"));
  process.on("exit", () => rmSync(data, { recursive: true, force: true }));
  process.env["INTRAMESH_PROCESS_METRICS"] = "true";
  const lines: string[] = [];
  const options = { registryPort: 0, port: 0, data, ratingsDatabase: undefined };
  try {
    return await startBookinfo(options, (line) => lines.push(line), new AbortController().signal);
  } catch (error) {
    throw new Error(`Bookinfo did not start:\n${lines.join("\n")}`, { cause: error });
  }
}

async function discovered(registryUrl: string): Promise<readonly unknown[]> {
  const response = await fetch(`${registryUrl}/mesh/v1/prometheus`);
  assert.equal(response.headers.get("content-type"), "application/json; charset=utf-8");
  return (await response.json()) as readonly unknown[];
}

/** Half of the calls of a host end with `status`. */
async function injectFault(registryUrl: string, host: string, status: number): Promise<void> {
  const response = await fetch(`${registryUrl}/apis/networking.istio.io/v1/namespaces/default/virtualservices`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: `${host}-fault` },
      spec: {
        hosts: [host],
        http: [
          {
            fault: { abort: { percentage: { value: 50 }, httpStatus: status } },
            route: [{ destination: { host } }],
          },
        ],
      },
    }),
  });
  assert.equal(response.status, 201, await response.text());
}

/** Looks at pages, and lets an instance that nobody calls or scrapes change now and then, so that the registry writes. */
async function makeLoad({ url, registryUrl }: Bookinfo, signal: AbortSignal): Promise<void> {
  const restless = `${registryUrl}/mesh/v1/namespaces/default/services/restless/instances/restless-1`;
  for (let round = 0; !signal.aborted; round++) {
    const page = await fetch(`${url}/productpage`);
    await page.arrayBuffer();
    if (round % 10 === 0) {
      const body = JSON.stringify({ address: "127.0.0.1", ports: { tcp: 1 }, labels: { version: `v${round}` } });
      const response = await fetch(restless, { method: "PUT", body });
      assert.ok(response.ok, await response.text());
    }
    await delay(100);
  }
}

/** Looks until nothing is wrong any more; throws with what is. */
async function eventually(what: string, look: () => Promise<readonly string[]>): Promise<void> {
  const endsAt = performance.now() + limitMs;
  for (;;) {
    const wrong = await look();
    if (wrong.length === 0) return;
    if (performance.now() > endsAt) throw new Error(`${what}: not so after ${limitMs} ms:\n${wrong.join("\n")}`);
    await delay(500);
  }
}
