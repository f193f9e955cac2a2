import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isSecretHeader, withoutSecrets } from "./secrets.ts";

describe("secrets", () => {
  for (const [path, shown] of [
    ["/a?sig=secret&b=1", "/a?sig=REDACTED&b=1"],
    ["/a?b=1&Signature=x%2B", "/a?b=1&Signature=REDACTED"],
    [
      "/a?X-Amz-Credential=x&X-Amz-Date=y&X-Amz-Signature=z",
      "/a?X-Amz-Credential=REDACTED&X-Amz-Date=y&X-Amz-Signature=REDACTED",
    ],
    [
      "/a?access_token=x&token=y&api_key=z&apikey=z",
      "/a?access_token=REDACTED&token=REDACTED&api_key=REDACTED&apikey=REDACTED",
    ],
    ["/a?client_secret=x&password=y#part", "/a?client_secret=REDACTED&password=REDACTED#part"],
    ["/sig=1?design=2&tokens=3&keyword=4", "/sig=1?design=2&tokens=3&keyword=4"],
    ["/token=1", "/token=1"],
  ] as const) {
    it(`are kept out of ${path}`, () => assert.equal(withoutSecrets(path), shown));
  }

  it("are the values of some headers", () => {
    const names = [
      "authorization",
      "Proxy-Authorization",
      "cookie",
      "set-cookie",
      "x-api-key",
      "x-csrf-token",
      "x-session-id",
    ];
    assert.deepEqual(names.filter(isSecretHeader), names);
    assert.deepEqual(
      ["end-user", "user-agent", "x-request-id", "accept", "cookies-allowed"].filter(isSecretHeader),
      [],
    );
  });
});
