import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseHeaderTemplate } from "./header-template.ts";

const unlimited = Number.POSITIVE_INFINITY;

describe("the parts of a header value", () => {
  const rows = [
    { text: "", parts: [""] },
    { text: "plain", parts: ["plain"] },
    { text: "100%% sure", parts: ["100% sure"] },
    { text: "%PROTOCOL%", parts: [{ name: "PROTOCOL", argument: "", length: unlimited }] },
    {
      text: "a %REQ(X-Id?:path):12%%%",
      parts: ["a ", { name: "REQ", argument: "X-Id?:path", length: 12 }, "%"],
    },
    {
      text: "%START_TIME(%Y/%m/%d)%!",
      parts: [{ name: "START_TIME", argument: "%Y/%m/%d", length: unlimited }, "!"],
    },
    {
      text: '%DYNAMIC_METADATA(["com.test", "key"])%',
      parts: [{ name: "DYNAMIC_METADATA", argument: '["com.test", "key"]', length: unlimited }],
    },
  ];
  for (const { text, parts } of rows) {
    it(`are read from ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseHeaderTemplate(text), { parts, problems: [] });
    });
  }
});

describe("a problem is found", () => {
  const rows = [
    { text: "50%", problem: /stray %/ },
    { text: "%req(x)%", problem: /stray %/ },
    { text: "%UPSTREAM_HOTS%", problem: /%UPSTREAM_HOTS%, which is no operator/ },
    { text: "%REQ%", problem: /needs an argument/ },
    { text: "%REQ()%", problem: /needs an argument/ },
    { text: "%PROTOCOL(x)%", problem: /takes no argument/ },
    { text: "%RESPONSE_CODE:3%", problem: /takes no length/ },
    { text: "%REQ(a?b?c)%", problem: /more than one other header/ },
  ];
  for (const { text, problem } of rows) {
    it(`in ${text}`, () => {
      const { problems } = parseHeaderTemplate(text);
      assert.ok(problems.some((found) => problem.test(found)));
    });
  }

  it("for each of several", () => {
    assert.equal(parseHeaderTemplate("%ONE% %TWO% %").problems.length, 3);
  });
});
