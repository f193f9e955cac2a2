import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResetReason } from "@intramesh/core";
import { replyToReset } from "./reply-to-reset.ts";
import { reset } from "./testing/outcomes.ts";

const resets: Readonly<Record<ResetReason, readonly [status: number, flag: string]>> = {
  "local connection failure": [503, "UF"],
  "remote connection failure": [503, "UF"],
  "connection timeout": [503, "UF"],
  "connection termination": [503, "UC"],
  "local reset": [503, "LR"],
  "remote reset": [503, "UR"],
  "remote refused stream reset": [503, "UR"],
  overflow: [503, "UO"],
  "protocol error": [502, "UPE"],
  "per try timeout": [504, "UT"],
  timeout: [504, "UT"],
  "stream idle timeout": [408, "SI"],
  "caller gone": [0, "DC"],
};

for (const [reason, [status, flag]] of Object.entries(resets)) {
  test(`${reason} is ${status} ${flag}`, () => {
    const reply = replyToReset(reset(reason as ResetReason), 1);
    assert.deepEqual([reply.status, reply.flag], [status, flag]);
  });
}

test("the body names the reset reason", () => {
  assert.equal(
    replyToReset(reset("connection termination"), 1).body,
    "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
  );
});

test("after a retry the body says that it was retried", () => {
  assert.equal(
    replyToReset(reset("remote connection failure"), 3).body,
    "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure",
  );
});

test("timeouts have a body of their own, whatever was tried", () => {
  for (const reason of ["timeout", "per try timeout"] as const) {
    assert.equal(replyToReset(reset(reason), 3).body, "upstream request timeout");
  }
});

test("a caller that went away gets no body", () => {
  assert.equal(replyToReset(reset("caller gone"), 1).body, "");
});
