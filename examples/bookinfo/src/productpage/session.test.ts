import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { describe, it } from "node:test";
import { parseUser, sessionCookie, userOf } from "./session.ts";

function requestWith(cookie: string | undefined): IncomingMessage {
  // userOf reads the headers only.
  return { headers: { cookie } } as IncomingMessage;
}

describe("session", () => {
  for (const user of ["jason", "mary ann", "a=b;c", "50%"]) {
    it(`brings ${user} back from the cookie`, () => {
      const [pair = ""] = sessionCookie(user).split(";", 1);
      assert.equal(userOf(requestWith(`theme=dark; ${pair}`)), user);
    });
  }

  for (const cookie of [undefined, "", "user=", "user", "users=jason", "user=%", "user=a%0d%0ab", "user=%C3%BC"]) {
    it(`finds nobody in ${JSON.stringify(cookie)}`, () => assert.equal(userOf(requestWith(cookie)), undefined));
  }

  it("trims a name and refuses one that no header can hold", () => {
    assert.equal(parseUser(" jason "), "jason");
    for (const text of [null, "", " ", "a\nb", "jürgen", "x".repeat(65)]) assert.equal(parseUser(text), undefined);
  });

  it("signs out by a cookie that has ended", () => assert.match(sessionCookie(undefined), /^user=;.*Max-Age=0$/));
});
