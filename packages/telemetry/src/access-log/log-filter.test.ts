import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loggedRequest } from "../testing/logged.ts";
import { compileLogFilter } from "./log-filter.ts";

const failed = loggedRequest({
  path: "/orders/7?dry=1",
  headers: { "x-tenant": "acme", "user-agent": "curl/8" },
  response: { "x-cache": "miss" },
  values: { RESPONSE_CODE: "503", DURATION: "1500", BYTES_SENT: "19", UPSTREAM_HOST: "10.0.0.4:9080" },
});
const fine = loggedRequest({ path: "/health", values: { RESPONSE_CODE: "200", DURATION: "3" } });

describe("a filter of the access log", () => {
  for (const [expression, forFailed, forFine] of [
    ["response.code >= 400", true, false],
    ["response.code >= 500 || request.duration > duration('1s')", true, false],
    ["response.code == 200", false, true],
    ['!request.url_path.startsWith("/health")', true, false],
    ['request.path == "/orders/7?dry=1"', true, false],
    ['request.query.contains("dry")', true, false],
    ['request.method == "GET" && request.host == "reviews:9080"', true, true],
    ['request.headers["x-tenant"] == "acme"', true, false],
    ['request.headers["X-Tenant"] == "acme"', false, false],
    ['"x-tenant" in request.headers', true, false],
    ['response.headers["x-cache"] == "miss"', true, false],
    ['request.useragent.startsWith("curl")', true, false],
    ["has(request.useragent)", true, false],
    ['has(upstream.address) && upstream.address.startsWith("10.")', true, false],
    ["response.size > 10", true, false],
    ["response.code in [503, 504]", true, false],
  ] as const) {
    it(`${expression} takes what it says`, () => {
      const { accepts, problem } = compileLogFilter(expression);
      assert.equal(problem, undefined);
      assert.deepEqual([accepts!(failed), accepts!(fine)], [forFailed, forFine]);
    });
  }

  for (const [expression, problem] of [
    ["response.code >", /^cannot be read: Unexpected token/],
    ["response.status >= 400", /names response.status, which is not known here/],
    ["code >= 400", /^cannot be read: Unknown variable: code/],
    ["metadata.filter == 1", /Unknown variable: metadata/],
    ["connection.mtls", /Unknown variable: connection/],
    ["request == response", /uses request as a whole/],
    ['"text"', /is of type string: a filter says true or false/],
    ['request.path.matches("^(a+)+$")', /uses matches\(\), which is not taken/],
  ] as const) {
    it(`${expression} is refused`, () => assert.match(compileLogFilter(expression).problem ?? "taken", problem));
  }
});
