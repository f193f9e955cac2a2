import assert from "node:assert/strict";
import { it } from "node:test";
import { decodeBase64Text } from "./base64-text.ts";

for (const text of ["", "a", "ab", "abc", "down for repairs", "größer 🙂"]) {
  it(`${JSON.stringify(text)} comes back from base64`, () => {
    assert.equal(decodeBase64Text(Buffer.from(text).toString("base64")), text);
    assert.equal(decodeBase64Text(Buffer.from(text).toString("base64url")), text);
  });
}

it("what is not base64 of UTF-8 is no text", () => {
  assert.equal(decodeBase64Text("a!"), undefined);
  assert.equal(decodeBase64Text("//8="), undefined);
});
