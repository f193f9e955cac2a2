import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderMap, type RequestView, type RoutePolicy } from "@intramesh/core";
import { compileCors } from "./cors.ts";

const defaults = {
  allowOrigins: [{ exact: "https://shop.example" }, { prefix: "https://dev." }, { regex: "https://[a-z]+\\.test" }],
  allowMethods: ["GET", "POST"],
  allowHeaders: ["*"],
  exposeHeaders: ["x-total"],
  maxAge: "24h",
  allowCredentials: true,
  unmatchedPreflights: "UNSPECIFIED",
};

function rules(cors: Partial<typeof defaults> = {}): NonNullable<ReturnType<typeof compileCors>> {
  // The rules of a route are made from nothing but its corsPolicy.
  return compileCors({ cors: { ...defaults, ...cors } } as unknown as RoutePolicy)!;
}

function request(method: string, headers: Readonly<Record<string, string>>): RequestView {
  return { method, scheme: "http", authority: "reviews", path: "/", header: (name) => headers[name] };
}

const preflight = (origin: string): RequestView =>
  request("OPTIONS", { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-a,x-b" });

describe("corsPolicy", () => {
  it("answers the preflight of an allowed origin", () => {
    assert.deepEqual(Object.fromEntries(rules().answerPreflight(preflight("https://shop.example"))!.entries()), {
      "access-control-allow-origin": "https://shop.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "x-a,x-b",
      "access-control-max-age": "86400",
    });
  });

  for (const [origin, allowed] of [
    ["https://shop.example", true],
    ["https://dev.anything", true],
    ["https://abc.test", true],
    ["https://abc.test.evil", false],
    ["https://shop.example.evil", false],
    ["HTTPS://shop.example", false],
  ] as const) {
    it(`${allowed ? "allows" : "does not allow"} ${origin}`, () => {
      assert.equal(rules().answerPreflight(preflight(origin)) !== undefined, allowed);
    });
  }

  it("forwards the preflight of another origin, or answers it without allowing", () => {
    assert.equal(
      rules({ unmatchedPreflights: "FORWARD" }).answerPreflight(preflight("https://evil.example")),
      undefined,
    );
    const ignored = rules({ unmatchedPreflights: "IGNORE" }).answerPreflight(preflight("https://evil.example"))!;
    assert.equal(ignored.get("access-control-allow-origin"), undefined);
    assert.equal(ignored.get("access-control-allow-methods"), "GET,POST");
  });

  it("takes no other OPTIONS for a preflight", () => {
    assert.equal(rules().answerPreflight(request("OPTIONS", { origin: "https://shop.example" })), undefined);
    assert.equal(
      rules().answerPreflight(
        request("GET", { origin: "https://shop.example", "access-control-request-method": "GET" }),
      ),
      undefined,
    );
  });

  it("tells the browser of an allowed origin that it may read the response, and others nothing", () => {
    const headers = new HeaderMap();
    rules().addToResponse(headers, request("GET", { origin: "https://evil.example" }));
    rules().addToResponse(headers, request("GET", {}));
    assert.deepEqual(headers.flat, []);
    rules({ allowOrigins: [{ exact: "*" }] as never }).addToResponse(
      headers,
      request("GET", { origin: "https://any.example" }),
    );
    assert.deepEqual(Object.fromEntries(headers.entries()), {
      "access-control-allow-origin": "https://any.example",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "x-total",
    });
  });
});
