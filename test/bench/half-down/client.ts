import assert from "node:assert/strict";
import { parseResource, type Resource } from "@intramesh/config";
import { createMesh, type ResourceSource } from "intramesh";
import { request } from "undici";
import { answerMeasurements } from "../measured-process.ts";

const [given = "[]", maxEjectionPercent = "100"] = process.argv.slice(2);
const ports = JSON.parse(given) as readonly number[];

/** Endpoints come back after a second, to be found dead again. */
const outlierDetection = {
  consecutive5xxErrors: 5,
  interval: "1s",
  baseEjectionTime: "1s",
  maxEjectionPercent: Number(maxEjectionPercent),
};

function resource(apiVersion: string, kind: string, name: string, spec: object): Resource {
  const { resource: parsed, issues } = parseResource({ apiVersion, kind, metadata: { name }, spec });
  assert.ok(parsed !== undefined, issues.map(({ path, message }) => `${path}: ${message}`).join("\n"));
  return parsed;
}

const resources = [
  resource("v1", "Service", "ratings", { selector: { app: "ratings" }, ports: [{ name: "http", port: 9080 }] }),
  resource("networking.istio.io/v1", "DestinationRule", "ratings", {
    host: "ratings",
    trafficPolicy: { outlierDetection },
  }),
  resource("networking.istio.io/v1", "VirtualService", "ratings", {
    hosts: ["ratings"],
    // Enough to find one that is up where nobody is ejected.
    http: [{ route: [{ destination: { host: "ratings" } }], retries: { attempts: 6, retryOn: "connect-failure" } }],
  }),
  ...ports.map((port, at) =>
    resource("networking.istio.io/v1", "WorkloadEntry", `ratings-${at}`, {
      address: "127.0.0.1",
      ports: { http: port },
      labels: { app: "ratings" },
    }),
  ),
];

const source: ResourceSource = {
  name: "bench",
  start: (listener) => listener.onUpdate({ resources, revision: "1", description: "bench", stale: false }),
  close: () => Promise.resolve(),
};
const mesh = await createMesh({ service: { name: "reviews" }, sources: [source] });
await mesh.ready();

answerMeasurements(async () => {
  const { statusCode, body } = await request("http://ratings:9080/ratings/0", { dispatcher: mesh.dispatcher });
  assert.equal(statusCode, 200);
  await body.json();
});
