import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseResource } from "../parse-resource.ts";
import type { Resource } from "../resource.ts";
import { networking } from "../testing/resources.ts";
import { soundPart } from "./sound-part.ts";

describe("what is left of a spec", () => {
  const spec = { host: "a", list: [{ a: 1 }, { a: 2, b: { c: 3 } }, { a: 4 }] };
  const parts = ["list[]", "list[].b"];

  it("lacks the narrowest part of a wrong value", () => {
    const sound = soundPart(spec, ["spec.list[1].b.c"], parts);
    assert.deepEqual(sound?.spec, { host: "a", list: [{ a: 1 }, { a: 2 }, { a: 4 }] });
    assert.deepEqual(
      ["spec", "spec.list", "spec.list[1]", "spec.list[1].b", "spec.list[1].a", "spec.host"].map((path) =>
        sound?.lacksSomethingAt(path),
      ),
      [true, true, true, true, false, false],
    );
  });

  it("has places that lead back to the whole", () => {
    const sound = soundPart(spec, ["spec.list[0].a"], parts);
    assert.deepEqual(sound?.spec, { host: "a", list: [{ a: 2, b: { c: 3 } }, { a: 4 }] });
    assert.equal(sound?.originalPath("spec.list[1].a"), "spec.list[2].a");
    assert.equal(sound?.originalPath("spec.host"), "spec.host");
  });

  it("is nothing where a value is in no part", () => {
    assert.equal(soundPart(spec, ["spec.list[0].a", "spec.host"], parts), undefined);
  });
});

describe("one wrong value in a right resource", () => {
  const route = [
    {
      destination: { host: "a", subset: "v1", port: { number: 80 } },
      weight: 60,
      headers: { request: { set: { x: "1" } } },
    },
    { destination: { host: "a" }, weight: 40 },
  ];
  const rules: readonly Resource[] = [
    networking("VirtualService", "a", {
      hosts: ["a"],
      gateways: ["mesh", "edge"],
      exportTo: ["."],
      http: [
        { match: [{ uri: { prefix: "/x" } }], redirect: { prefixRewrite: "/y", redirectCode: 302 } },
        {
          match: [{ uri: { prefix: "/" }, headers: { h: { exact: "1" } }, queryParams: { q: { exact: "" } } }],
          rewrite: { uri: "/" },
          timeout: "2s",
          retries: { attempts: 2, perTryTimeout: "1s", retryOn: "5xx" },
          fault: { delay: { percentage: { value: 1 }, fixedDelay: "1s" } },
          mirrors: [{ destination: { host: "b" }, percentage: { value: 1 } }],
          corsPolicy: { allowOrigins: [{ exact: "*" }], allowMethods: ["GET"], maxAge: "1s" },
          headers: { response: { remove: ["x"] } },
          route,
        },
        { directResponse: { status: 200, body: { string: "x" } } },
      ],
    }),
    networking("DestinationRule", "a", {
      host: "a",
      trafficPolicy: {
        loadBalancer: { consistentHash: { httpCookie: { name: "c", ttl: "0s" }, maglev: { tableSize: 7 } } },
        outlierDetection: { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 1, interval: "1s" },
        connectionPool: { tcp: { maxConnections: 1 }, http: { h2UpgradePolicy: "UPGRADE" } },
        portLevelSettings: [{ port: { number: 80 }, tls: { mode: "SIMPLE" } }],
      },
      subsets: [{ name: "v1", labels: { version: "v1" }, trafficPolicy: { tls: { mode: "DISABLE" } } }],
    }),
    networking("Gateway", "edge", {
      selector: { app: "edge" },
      servers: [
        {
          port: { number: 443, name: "https", protocol: "HTTPS" },
          hosts: ["a.example.com"],
          tls: { mode: "SIMPLE", credentialName: "c" },
        },
      ],
    }),
  ];
  for (const rule of rules) {
    it(`of a ${rule.kind} makes nothing else look wrong`, () => {
      assert.deepEqual(parseResource(rule).issues, []);
      for (const path of pathsIn(rule.spec)) {
        const { issues } = parseResource({ ...rule, spec: replaced(rule.spec, path, 0.5) });
        const errors = issues.filter(({ severity }) => severity === "error");
        const misfits = errors.filter(({ message }) => message.startsWith("0.5 is not"));
        if (misfits.length > 0) assert.deepEqual(errors, misfits, path.join("."));
      }
    });
  }
});

function pathsIn(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => [[key], ...pathsIn(field).map((path) => [key, ...path])]);
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const entries = Object.entries(value as object).map(([name, field]) => [
    name,
    name === key ? replaced(field, rest, by) : field,
  ]);
  return Array.isArray(value) ? entries.map(([, field]) => field) : Object.fromEntries(entries);
}
