import type { RowDataPacket } from "mysql2/promise";
import { firstRatings, type RatingsStore } from "./ratings-store.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS ratings (
    product_id INT NOT NULL,
    reviewer   VARCHAR(191) NOT NULL,
    stars      TINYINT NOT NULL,
    PRIMARY KEY (product_id, reviewer)
  )
`;

/** True for `mysql://…` and `mariadb://…`, which mean the same here. */
export function isMysqlUrl(text: string): boolean {
  return /^(mysql|mariadb):\/\//.test(text);
}

/** Ratings in a table of a MySQL or MariaDB database, `mysql://user:password@host:3306/database`. */
export async function createMysqlRatings(url: string): Promise<RatingsStore> {
  // Whoever keeps ratings elsewhere does not load the driver.
  const { createPool } = await import("mysql2/promise");
  const pool = createPool(url);
  await pool.query(schema);
  return {
    async read(productId) {
      const [rows] = await pool.execute<RowDataPacket[]>(
        "SELECT reviewer, stars FROM ratings WHERE product_id = ? ORDER BY reviewer",
        [productId],
      );
      return rows.length === 0
        ? firstRatings
        : Object.fromEntries(rows.map((row) => [String(row["reviewer"]), Number(row["stars"])]));
    },
    async write(productId, ratings) {
      const connection = await pool.getConnection();
      try {
        await connection.beginTransaction();
        await connection.execute("DELETE FROM ratings WHERE product_id = ?", [productId]);
        const rows = Object.entries(ratings).map(([reviewer, stars]) => [productId, reviewer, stars]);
        if (rows.length > 0)
          await connection.query("INSERT INTO ratings (product_id, reviewer, stars) VALUES ?", [rows]);
        await connection.commit();
      } catch (error) {
        await connection.rollback();
        throw error;
      } finally {
        connection.release();
      }
    },
    close: () => pool.end(),
  };
}
