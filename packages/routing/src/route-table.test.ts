import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findRoute } from "./find-route.ts";
import { compileRouteTable } from "./route-table.ts";
import { matchOf, meshOf, routeOf, serviceOf, viewOf, virtualHostOf } from "./testing/policies.ts";

const reviews = serviceOf("reviews.default.svc.cluster.local", {
  aliases: ["reviews.default.svc.cluster.local", "reviews.default", "reviews"],
});

describe("the host called", () => {
  it("is found under every alias of its service", () => {
    const table = compileRouteTable(meshOf([reviews], []));
    for (const alias of reviews.aliases) assert.equal(table.find(alias, 80)?.host, reviews.host);
  });

  it("is unknown under other names, and on ports that the service lacks", () => {
    const table = compileRouteTable(meshOf([reviews], []));
    assert.equal(table.find("ratings", 80), undefined);
    assert.equal(table.find("reviews", 81), undefined);
  });

  it("is unknown where its service is for destinations only", () => {
    const table = compileRouteTable({
      ...meshOf([reviews], []),
      isCallable: (service, port) => service !== reviews || port !== 80,
    });
    assert.equal(table.find("reviews", 80), undefined);
  });

  it("keeps the name called under a wildcard service", () => {
    const wild = serviceOf("*.example.com");
    const table = compileRouteTable(meshOf([wild], []));
    assert.equal(table.find("a.example.com", 80)?.host, "a.example.com");
    assert.equal(table.find("a.example.com", 80)?.service, wild);
    assert.equal(table.find(".example.com", 80), undefined);
    assert.equal(table.find("example.com", 80), undefined);
  });
});

describe("the rules of a host", () => {
  it("are those of the longest wildcard where no exact host is named", () => {
    const wide = virtualHostOf(["*"], { virtualService: "a/wide" });
    const narrow = virtualHostOf(["*.cluster.local"], { virtualService: "a/narrow" });
    const table = compileRouteTable(meshOf([reviews], [wide, narrow]));
    assert.equal(table.find("reviews", 80)?.virtualService, "a/narrow");
    const exact = virtualHostOf([reviews.host], { virtualService: "a/exact" });
    assert.equal(
      compileRouteTable(meshOf([reviews], [wide, narrow, exact])).find("reviews", 80)?.virtualService,
      "a/exact",
    );
  });

  it("are those of the first that name it; the next have it where the first have none for this caller", () => {
    const excluded = [routeOf({ matches: [matchOf({ excluded: "sourceLabels" })] })];
    const first = virtualHostOf([reviews.host], { virtualService: "a/first" });
    const second = virtualHostOf([reviews.host], { virtualService: "a/second" });
    const barred = virtualHostOf([reviews.host], { virtualService: "a/barred", routes: excluded });
    assert.equal(compileRouteTable(meshOf([reviews], [first, second])).find("reviews", 80)?.virtualService, "a/first");
    assert.equal(
      compileRouteTable(meshOf([reviews], [barred, second])).find("reviews", 80)?.virtualService,
      "a/second",
    );
    assert.equal(compileRouteTable(meshOf([reviews], [barred])).find("reviews", 80)?.virtualService, undefined);
  });

  it("hold for hosts that are no services on port 80 only", () => {
    const table = compileRouteTable(meshOf([], [virtualHostOf(["shop.example.com"])]));
    assert.equal(table.find("shop.example.com", 80)?.virtualService, "default/reviews");
    assert.equal(table.find("shop.example.com", 8080), undefined);
  });

  it("are compiled once and only when their host is called", () => {
    let reads = 0;
    const lazy = {
      ...virtualHostOf([reviews.host]),
      get routes() {
        reads += 1;
        return [routeOf()];
      },
    };
    const table = compileRouteTable(meshOf([reviews], [lazy]));
    assert.equal(reads, 0);
    assert.equal(table.find("reviews", 80)?.routes, table.find("reviews.default", 80)?.routes);
    assert.equal(reads, 1);
  });
});

describe("on a Gateway", () => {
  it("a host that nobody serves has no routes instead of being passed through", () => {
    const table = compileRouteTable(meshOf([reviews], [], { gateway: "default/edge" }));
    assert.deepEqual(table.find("reviews", 80)?.routes, []);
  });

  it("rules hold on the port of their server", () => {
    const served = virtualHostOf(["shop.example.com"], { port: 8080 });
    const table = compileRouteTable(meshOf([], [served], { gateway: "default/edge" }));
    assert.equal(table.find("shop.example.com", 8080)?.routes.length, 1);
    assert.equal(table.find("shop.example.com", 80)?.routes.length, 0);
  });
});

describe("a request", () => {
  it("takes the first route whose conditions all hold", () => {
    const uri = { kind: "prefix", value: "/a" } as const;
    const header = { name: "x-beta", match: { kind: "exact", value: "yes" } } as const;
    const rules = [
      routeOf({ index: 0, matches: [matchOf({ uri, headers: [header] }), matchOf({ index: 1, port: 81 })] }),
      routeOf({ index: 1, matches: [matchOf({ uri })] }),
      routeOf({ index: 2 }),
    ];
    const host = compileRouteTable(meshOf([reviews], [virtualHostOf([reviews.host], { routes: rules })])).find(
      "reviews",
      80,
    )!;
    const indexFor = (path: string, headers = {}): number | undefined =>
      findRoute(host, viewOf({ path }, headers), 80)?.policy.index;
    assert.equal(indexFor("/a?x", { "x-beta": "yes" }), 0);
    assert.equal(indexFor("/a?x", { "x-beta": "no" }), 1);
    assert.equal(indexFor("/b?/a"), 2);
  });
});
