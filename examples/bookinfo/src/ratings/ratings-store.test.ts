import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createMemoryRatings } from "./memory-ratings.ts";
import { createMysqlRatings } from "./mysql-ratings.ts";
import { firstRatings, parseRatings, type RatingsStore } from "./ratings-store.ts";
import { createSqliteRatings } from "./sqlite-ratings.ts";

/** `mysql://user:password@host:3306/database`: the same tests run against it where it is given. */
const mysqlUrl = process.env["BOOKINFO_TEST_MYSQL"];

const folder = mkdtempSync(join(tmpdir(), "bookinfo-ratings-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "deep", "ratings.sqlite");

const stores: readonly (readonly [name: string, open: () => Promise<RatingsStore>, skip: boolean])[] = [
  ["memory", async () => createMemoryRatings(), false],
  ["SQLite", async () => createSqliteRatings(file), false],
  ["MySQL", () => createMysqlRatings(mysqlUrl!), mysqlUrl === undefined],
];

for (const [name, open, skip] of stores) {
  describe(`ratings in ${name}`, { skip }, () => {
    it("begin with two reviewers, and are replaced as a whole", async () => {
      const store = await open();
      assert.deepEqual(await store.read(8), firstRatings);
      await store.write(7, { Reviewer1: 1, Reviewer2: 2 });
      await store.write(7, { Reviewer2: 3 });
      assert.deepEqual(await store.read(7), { Reviewer2: 3 });
      assert.deepEqual(await store.read(8), firstRatings);
      await store.close();
    });
  });
}

it("ratings in SQLite outlive the process and are shared", async () => {
  const [first, second] = [createSqliteRatings(file), createSqliteRatings(file)];
  await first.write(1, { Reviewer1: 2 });
  assert.deepEqual(await second.read(1), { Reviewer1: 2 });
  await Promise.all([first.close(), second.close()]);
  const later = createSqliteRatings(file);
  assert.deepEqual(await later.read(1), { Reviewer1: 2 });
  await later.close();
});

describe("parseRatings", () => {
  it("reads reviewers with their stars", () => assert.deepEqual(parseRatings('{"a":0,"b":5}'), { a: 0, b: 5 }));

  for (const text of [undefined, "", "{", "null", "[5]", "5", '{"a":6}', '{"a":-1}', '{"a":1.5}', '{"a":"5"}']) {
    it(`refuses ${text}`, () => assert.equal(parseRatings(text), undefined));
  }
});
