import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseHeaderTemplate } from "@intramesh/core";
import { loggedRequest, readOperator } from "../testing/logged.ts";
import { compileLogFormat, defaultJsonFormat, defaultTextFormat } from "./log-format.ts";

const logged = loggedRequest({
  path: "/reviews/0",
  headers: { "user-agent": "curl", "x-request-id": "id-1" },
  values: { RESPONSE_FLAGS: "-", BYTES_RECEIVED: "0", BYTES_SENT: "295", UPSTREAM_HOST: "10.0.0.4:9080" },
});

describe("lines of the access log", () => {
  it("are Istio's by default, with - for what has no value", () => {
    assert.equal(
      compileLogFormat({ encoding: "TEXT", format: undefined }, readOperator)(logged),
      '[1970-01-01T00:00:01.500Z] "GET /reviews/0 HTTP/1.1" 200 - - - "-" 0 295 12 - "-" "curl" "id-1" "reviews:9080" "10.0.0.4:9080" - - - - - -',
    );
  });

  it("are an object with Istio's names in JSON; numbers are numbers, what has no value is null", () => {
    const line = compileLogFormat({ encoding: "JSON", format: undefined }, readOperator)(logged);
    const fields = JSON.parse(line) as Record<string, unknown>;
    assert.deepEqual(Object.keys(fields), Object.keys(defaultJsonFormat));
    assert.deepEqual(
      [fields["method"], fields["response_code"], fields["bytes_sent"], fields["duration"], fields["route_name"]],
      ["GET", 200, 295, 12, null],
    );
  });

  it("say the same in text and in JSON", () => {
    const operators = (text: string): readonly string[] =>
      parseHeaderTemplate(text).parts.flatMap((part) =>
        typeof part === "string" ? [] : `${part.name}(${part.argument})`,
      );
    assert.deepEqual(Object.values(defaultJsonFormat).flatMap(operators), operators(defaultTextFormat));
    assert.deepEqual(parseHeaderTemplate(defaultTextFormat).problems, []);
  });

  it("follow a format of one's own", () => {
    const text = compileLogFormat({ encoding: "TEXT", format: "%REQ(:METHOD)% %RESPONSE_CODE% 100%%\n" }, readOperator);
    assert.equal(text(logged), "GET 200 100%");
    const format = '{"code": "%RESPONSE_CODE%", "what": "%REQ(:METHOD)% %REQ(x)%", "fixed": "a"}';
    const json = compileLogFormat({ encoding: "JSON", format }, readOperator);
    assert.equal(json(logged), '{"code":200,"what":"GET -","fixed":"a"}');
  });

  it("are one line each, whatever a header holds", () => {
    const headers = { "x-a": 'a\n[forged] "\u001b\u009b2J\u2028\\' };
    const text = compileLogFormat({ encoding: "TEXT", format: '"%REQ(x-a)%"' }, readOperator);
    assert.equal(text(loggedRequest({ headers })), '"a\\x0a[forged] \\x22\\x1b\\x9b2J\\u2028\\x5c"');
    const json = compileLogFormat({ encoding: "JSON", format: '{"a": "%REQ(x-a)%"}' }, readOperator);
    const line = json(loggedRequest({ headers }));
    assert.match(line, /^[\x20-\x7e]+$/);
    assert.deepEqual(JSON.parse(line), { a: headers["x-a"] });
  });
});
