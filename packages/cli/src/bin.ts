#!/usr/bin/env node
import type { CommandResult } from "./command-result.ts";
import { endOf, run } from "./program.ts";
import { readStdin } from "./read-stdin.ts";

// A reader that has seen enough (`intramesh get vs | head`) is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

const result = await run(process.argv.slice(2), {
  env: process.env,
  readStdin,
});
print(result);
process.exitCode = result.code;
if (result.follow !== undefined) await follow(result.follow);

async function follow(more: AsyncIterable<string>): Promise<void> {
  try {
    for await (const text of more) process.stdout.write(text);
  } catch (error) {
    const ended = endOf(error);
    print(ended);
    process.exitCode = ended.code;
  }
}

function print({ out, err }: CommandResult): void {
  process.stdout.write(out);
  for (const line of err) process.stderr.write(`${line}\n`);
}
