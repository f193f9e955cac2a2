import assert from "node:assert/strict";
import { it } from "node:test";
import { compileTimeFormat } from "./time-format.ts";

const time = Date.UTC(2026, 2, 5, 14, 7, 9, 42);

const rows: readonly (readonly [format: string, written: string])[] = [
  ["", "2026-03-05T14:07:09.042Z"],
  ["%Y/%m/%dT%H:%M:%S%z", "2026/03/05T14:07:09+0000"],
  ["%s.%3f", `${Math.floor(time / 1_000)}.042`],
  ["%s%6f", `${Math.floor(time / 1_000)}042000`],
  ["%f", "042000000"],
  ["%E3S", "09.042"],
  ["%F %T %Z", "2026-03-05 14:07:09 UTC"],
  ["%a, %d %b %y %I%p", "Thu, 05 Mar 26 02PM"],
  ["%e %A %B", " 5 Thursday March"],
  ["100%% %Q", "100% %Q"],
];

for (const [format, written] of rows) {
  it(`the time in the form "${format}" is ${written}`, () => assert.equal(compileTimeFormat(format)(time), written));
}
