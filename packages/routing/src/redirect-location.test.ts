import assert from "node:assert/strict";
import { it } from "node:test";
import type { RedirectAction, RequestView } from "@intramesh/core";
import { compileRoutes } from "./compile-route.ts";
import { redirectLocation } from "./redirect-location.ts";
import { matchOf, redirectOf, routeOf, viewOf } from "./testing/policies.ts";

function locate(action: Partial<RedirectAction>, view: Partial<RequestView>, prefix = "/"): string {
  const match = matchOf({ uri: { kind: "prefix", value: prefix } });
  const [route] = compileRoutes([routeOf({ matches: [match], action: redirectOf(action) })]);
  return redirectLocation(route!, viewOf(view), 9080);
}

const cases: readonly (readonly [action: Partial<RedirectAction>, view: Partial<RequestView>, location: string])[] = [
  [{ uri: "/v2" }, { path: "/x?a=1" }, "http://reviews:9080/v2?a=1"],
  [{ uri: "/v2?b=2" }, { path: "/x?a=1" }, "http://reviews:9080/v2?b=2"],
  [{ authority: "new.example" }, { path: "/x" }, "http://new.example/x"],
  [{ scheme: "https" }, { path: "/x" }, "https://reviews:9080/x"],
  [{ scheme: "https" }, { authority: "reviews:80" }, "https://reviews/"],
  [{ scheme: "http" }, { authority: "reviews:443", scheme: "https" }, "http://reviews/"],
  [{ scheme: "https", port: 8443 }, {}, "https://reviews:8443/"],
  [{ scheme: "https", port: 443 }, {}, "https://reviews:9080/"],
  [{ authority: "new.example", port: 80 }, {}, "http://new.example/"],
  [{ derivePort: "FROM_REQUEST_PORT", authority: "new.example" }, {}, "http://new.example:9080/"],
  [{ derivePort: "FROM_PROTOCOL_DEFAULT" }, {}, "http://reviews:9080/"],
  [{ port: 81 }, { authority: "[::1]:9080" }, "http://[::1]:81/"],
  [{ port: 81 }, { authority: "[::1]" }, "http://[::1]:81/"],
];

for (const [action, view, location] of cases) {
  it(`${JSON.stringify(action)} sends ${view.authority ?? "reviews:9080"}${view.path ?? "/"} to ${location}`, () => {
    assert.equal(locate(action, view), location);
  });
}

it("prefixRewrite takes the place of the prefix that matched", () => {
  assert.equal(locate({ prefixRewrite: "/new/" }, { path: "/old/a?b" }, "/old/"), "http://reviews:9080/new/a?b");
});
