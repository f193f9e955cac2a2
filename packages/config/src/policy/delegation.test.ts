import assert from "node:assert/strict";
import { it } from "node:test";
import type { Resource } from "../resource.ts";
import type { HttpMatchRequest, VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveDelegates } from "./delegation.ts";

const virtualService = (name: string, spec: VirtualServiceSpec): Resource<VirtualServiceSpec> => ({
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name, namespace: "default" },
  spec,
});

/** Matches of the one rule that is left of a delegate's under a root's; undefined where none is left. */
function join(
  root: readonly HttpMatchRequest[],
  delegate: readonly HttpMatchRequest[],
): readonly unknown[] | undefined {
  const above = virtualService("root", { hosts: ["reviews"], http: [{ match: root, delegate: { name: "below" } }] });
  const below = virtualService("below", { http: [{ match: delegate, directResponse: { status: 418 } }] });
  const routes = resolveDelegates(above, "cluster.local", (name) => (name === "default/below" ? below : undefined));
  return routes[0]?.matches.map(({ index, spec }) => ({ index, uri: spec.uri }));
}

const a = { uri: { prefix: "/a" } };
const b = { uri: { prefix: "/b" } };

it("a delegate's match is joined with every match of the root that it lies in", () => {
  const header = { headers: { x: { exact: "1" } } };
  assert.deepEqual(join([a, b], [header]), [
    { index: 0, uri: a.uri },
    { index: 1, uri: b.uri },
  ]);
});

it("one match of a delegate's rule outside the root takes the whole rule away", () => {
  assert.equal(join([a], [{ uri: { prefix: "/a/b" } }, b]), undefined);
});
