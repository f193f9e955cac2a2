/** A database that does not hold what was written into it. The message says what to do. */
export class DatabaseDamage extends Error {
  override readonly name = "DatabaseDamage";
}

/** Says what is wrong with `file`, and how to go on. */
export function damaged(file: string, what: string, cause?: unknown): DatabaseDamage {
  const advice =
    "put a backup in its place with `intramesh registry restore FILE`, keep what is whole of it with " +
    "`intramesh registry repair`, or move it away to start empty";
  return new DatabaseDamage(`${file} is damaged: ${what}; ${advice}`, { cause });
}
