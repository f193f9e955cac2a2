import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LocalityNearness, LocalityPolicy } from "@intramesh/core";
import { endpointIn } from "../testing/endpoints.ts";
import { arrangeEndpoints } from "./arrange.ts";

const here = endpointIn("eu/a/1", "here");
const sameZone = endpointIn("eu/a/2", "same zone");
const sameRegion = endpointIn("eu/b/1", "same region");
const us = endpointIn("us/a", "us");
const asia = endpointIn("asia/a", "asia");
const all = [asia, us, sameRegion, sameZone, here];

function failover(nearness: Partial<LocalityNearness> | undefined, labels: [string, string][] = []): LocalityPolicy {
  return {
    kind: "failover",
    labels: labels.map(([name, value]) => ({ name, value })),
    nearness: nearness && { locality: "eu/a/1", failoverRegion: undefined, ...nearness },
    weighted: false,
  };
}

function zones(given: Partial<LocalityPolicy & { readonly kind: "zones" }>): LocalityPolicy {
  return { kind: "zones", labels: [], locality: "eu/a/1", failoverRegion: undefined, minClusterSize: 6, ...given };
}

function levelsOf(policy: LocalityPolicy | undefined, endpoints = all): readonly (readonly string[])[] {
  return arrangeEndpoints(policy, endpoints).map((level) => level.endpoints.map(({ endpoint }) => endpoint.id));
}

describe("priorities", () => {
  const rows: readonly {
    readonly title: string;
    readonly policy: LocalityPolicy | undefined;
    readonly levels: readonly (readonly string[])[];
  }[] = [
    {
      title: "are one without a policy",
      policy: undefined,
      levels: [["asia", "us", "same region", "same zone", "here"]],
    },
    {
      title: "follow subzone, zone and region",
      policy: failover({}),
      levels: [["here"], ["same zone"], ["same region"], ["asia", "us"]],
    },
    {
      title: "put the region of a failover before others",
      policy: failover({ failoverRegion: "us" }),
      levels: [["here"], ["same zone"], ["same region"], ["us"], ["asia"]],
    },
    {
      title: "have no gaps",
      policy: failover({ locality: "asia/z" }),
      levels: [["asia"], ["us", "same region", "same zone", "here"]],
    },
    {
      title: "follow the number of leading labels that are equal",
      policy: failover(undefined, [
        ["topology.kubernetes.io/region", "eu"],
        ["topology.kubernetes.io/zone", "a"],
      ]),
      levels: [["same zone", "here"], ["same region"], ["asia", "us"]],
    },
    {
      title: "follow regions alone where zones share the load",
      policy: zones({}),
      levels: [
        ["same region", "same zone", "here"],
        ["asia", "us"],
      ],
    },
    {
      title: "put the region of a failover before others where zones share the load",
      policy: zones({ failoverRegion: "us" }),
      levels: [["same region", "same zone", "here"], ["us"], ["asia"]],
    },
    {
      title: "count labels before regions where zones share the load",
      policy: zones({ labels: [{ name: "topology.istio.io/subzone", value: "1" }] }),
      levels: [["same region", "here"], ["same zone"], ["asia", "us"]],
    },
    {
      title: "are one where zones share the load of a client that does not know its own",
      policy: zones({ locality: "" }),
      levels: [["asia", "us", "same region", "same zone", "here"]],
    },
    {
      title: "count labels before nearness",
      policy: failover({}, [["topology.istio.io/subzone", "1"]]),
      levels: [["here"], ["same region"], ["same zone"], ["asia", "us"]],
    },
  ];
  for (const { title, policy, levels } of rows) test(title, () => assert.deepEqual(levelsOf(policy), levels));
});

describe("shares", () => {
  const b1 = endpointIn("eu/b/1", "b1", 1);
  const b2 = endpointIn("eu/b/2", "b2", 2);
  const weightsOf = (policy: LocalityPolicy): unknown =>
    arrangeEndpoints(policy, [here, b1, b2, us])[0]!.localities!.map(({ locality, weight }) => [locality, weight]);

  test("go to the localities that are named, the others get nothing", () => {
    const shares = [
      { locality: "eu/a/*", percent: 80 },
      { locality: "us", percent: 20 },
    ];
    assert.deepEqual(weightsOf({ kind: "distribute", shares }), [
      ["eu/a/1", 80],
      ["us/a", 20],
    ]);
    assert.deepEqual(levelsOf({ kind: "distribute", shares }, [here, b1, us]), [["here", "us"]]);
  });

  test("are divided by weight where a pattern takes several, rounded up", () => {
    const shares = [
      { locality: "eu/b/*", percent: 50 },
      { locality: "*", percent: 50 },
    ];
    assert.deepEqual(weightsOf({ kind: "distribute", shares }), [
      ["eu/b/1", 17],
      ["eu/b/2", 34],
      ["eu/a/1", 25],
      ["us/a", 25],
    ]);
  });
});

test("localities of a priority weigh what their endpoints weigh where failover is written down", () => {
  const policy: LocalityPolicy = {
    kind: "failover",
    labels: [],
    nearness: { locality: "eu/a/1", failoverRegion: "us" },
    weighted: true,
  };
  const [first] = arrangeEndpoints(policy, [here, endpointIn("eu/a/1", "twin", 3)]);
  assert.deepEqual(
    first!.localities!.map(({ locality, weight }) => [locality, weight]),
    [["eu/a/1", 4]],
  );
});
