import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LocalityPolicy } from "@intramesh/core";
import type { LoadBalancerSpec, ZoneAwareSpec } from "../../spec/destination-rule.ts";
import { client, networking, service, workload } from "../../testing/resources.ts";
import { createMeshPolicy } from "../mesh-policy.ts";
import { translateZoneAware } from "./translate-zone-aware.ts";

const here = { ...client, locality: "eu/a/1", labels: { rack: "r1" } };
const zones = { kind: "zones", labels: [], locality: "eu/a/1", failoverRegion: undefined, minClusterSize: 6 } as const;

describe("zoneAwareLbSetting", () => {
  const rows: readonly (readonly [title: string, spec: ZoneAwareSpec, expected: LocalityPolicy | undefined])[] = [
    ["has Envoy's least size", {}, zones],
    ["takes another one, 0 too", { minClusterSize: 0 }, { ...zones, minClusterSize: 0 }],
    [
      "names the region that stands in for the client's own",
      {
        failover: [
          { from: "us", to: "asia" },
          { from: "eu", to: "us" },
        ],
      },
      { ...zones, failoverRegion: "us" },
    ],
    [
      "puts labels before regions",
      { failoverPriority: ["rack", "floor=2"] },
      {
        ...zones,
        labels: [
          { name: "rack", value: "r1" },
          { name: "floor", value: "2" },
        ],
      },
    ],
    ["is off where it says so", { enabled: false }, undefined],
  ];
  for (const [title, spec, expected] of rows)
    it(title, () => assert.deepEqual(translateZoneAware(spec, here), expected));

  it("means nothing to a client that does not know where it is", () => {
    assert.equal(translateZoneAware({}, client), undefined);
  });

  it("takes effect without outlier detection, and switched off it displaces the other wishes for near endpoints", () => {
    const near = { ...service("shop", { name: "http", port: 80 }) };
    const localityOf = (loadBalancer: LoadBalancerSpec): LocalityPolicy | undefined =>
      createMeshPolicy(
        [
          { ...near, spec: { ...(near.spec as object), trafficDistribution: "PreferClose" } },
          workload("a", { address: "10.0.0.1", labels: { app: "shop" } }),
          networking("DestinationRule", "shop", { host: "shop", trafficPolicy: { loadBalancer } }),
        ],
        here,
      ).cluster({ host: "shop.default.svc.cluster.local", port: 80, subset: undefined })?.balancing.locality;
    assert.deepEqual(localityOf({ zoneAwareLbSetting: {} }), zones);
    assert.equal(localityOf({ zoneAwareLbSetting: { enabled: false } }), undefined);
    assert.equal(localityOf({ simple: "ROUND_ROBIN" })?.kind, "failover");
  });

  it("of the mesh stands above its localityLbSetting, and below what a rule or a service says", () => {
    const plain = service("shop", { name: "http", port: 80 });
    const mesh = { zoneAwareLbSetting: {}, localityLbSetting: { enabled: false } };
    const localityOf = (trafficDistribution?: string, loadBalancer: LoadBalancerSpec = {}): string | undefined =>
      createMeshPolicy(
        [
          { ...plain, spec: { ...(plain.spec as object), trafficDistribution } },
          networking("DestinationRule", "shop", { host: "shop", trafficPolicy: { loadBalancer } }),
        ],
        here,
        mesh,
      ).cluster({ host: "shop.default.svc.cluster.local", port: 80, subset: undefined })?.balancing.locality?.kind;
    assert.equal(localityOf(), "zones");
    assert.equal(localityOf("PreferClose"), "failover");
    assert.equal(localityOf(undefined, { localityLbSetting: { enabled: false } }), undefined);
  });
});
