import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { firstRatings, type RatingsStore } from "./ratings-store.ts";

/** How long one instance waits while another one writes. */
const busyTimeoutMs = 5_000;

const schema = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS ratings (
    product_id INTEGER NOT NULL,
    reviewer   TEXT NOT NULL,
    stars      INTEGER NOT NULL,
    PRIMARY KEY (product_id, reviewer)
  );
`;

/** Ratings in a table of an SQLite file, which several instances may share. */
export function createSqliteRatings(file: string): RatingsStore {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  database.exec(schema);
  const select = database.prepare("SELECT reviewer, stars FROM ratings WHERE product_id = ? ORDER BY reviewer");
  const remove = database.prepare("DELETE FROM ratings WHERE product_id = ?");
  const insert = database.prepare("INSERT INTO ratings (product_id, reviewer, stars) VALUES (?, ?, ?)");
  return {
    async read(productId) {
      const rows = select.all(productId);
      return rows.length === 0
        ? firstRatings
        : Object.fromEntries(rows.map(({ reviewer, stars }) => [String(reviewer), Number(stars)]));
    },
    async write(productId, ratings) {
      database.exec("BEGIN IMMEDIATE");
      try {
        remove.run(productId);
        for (const [reviewer, stars] of Object.entries(ratings)) insert.run(productId, reviewer, stars);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    async close() {
      database.close();
    },
  };
}
