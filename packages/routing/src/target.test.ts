import assert from "node:assert/strict";
import { it } from "node:test";
import { parseAuthority, parseTarget } from "./target.ts";

const urls: readonly (readonly [url: string, host: string, port: number, path: string])[] = [
  ["http://reviews:9080/reviews/0?x=1#top", "reviews", 9080, "/reviews/0?x=1"],
  ["http://Reviews.Default/", "reviews.default", 80, "/"],
  ["https://api.example", "api.example", 443, "/"],
  ["http://a.svc.cluster.local.:80/", "a.svc.cluster.local", 80, "/"],
  ["http://reviews?x=1", "reviews", 80, "/?x=1"],
  ["http://user:secret@reviews/", "reviews", 80, "/"],
  ["http://[::1]:8080/x", "::1", 8080, "/x"],
  ["http://[::1]/x", "::1", 80, "/x"],
  ["http://[2001:DB8:0::1]/x", "2001:db8::1", 80, "/x"],
  ["http://reviews:9080/api\\v1/%2e", "reviews", 9080, "/api\\v1/%2e"],
  ["HTTP://reviews/", "reviews", 80, "/"],
];

for (const [url, host, port, path] of urls) {
  it(`${url} goes to ${host} port ${port}, ${path}`, () => {
    const target = parseTarget(url);
    assert.deepEqual([target?.host, target?.port, target?.path], [host, port, path]);
  });
}

for (const text of [
  "",
  "reviews",
  "/reviews",
  "ftp://reviews/",
  "http://",
  "http://reviews:x/",
  "http://reviews:70000/",
]) {
  it(`${JSON.stringify(text)} is no target`, () => {
    assert.equal(parseTarget(text), undefined);
  });
}

it("an authority keeps its case and port for those who match on it", () => {
  assert.equal(parseTarget("http://Reviews:9080/")?.authority, "Reviews:9080");
  assert.deepEqual(parseAuthority("Reviews:9080", "http"), { host: "reviews", port: 9080 });
});
