import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** Calls at a time, in every measurement of requests. */
const concurrency = 32;

/** Starts a program of a benchmark. */
export function startProcess(file: URL, words: readonly string[] = []): ChildProcess {
  return fork(file, words, { execArgv: process.execArgv });
}

/** Starts a program that ends in `answerMeasurements`; resolves when it is ready to be measured. */
export async function startClient(file: URL, words: readonly string[]): Promise<ChildProcess> {
  const client = startProcess(file, words);
  await messageOf(client);
  return client;
}

/** Throws where the process ends instead. */
async function messageOf(client: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = (): void => ended.abort(new Error("a process of the benchmark ended before it was done"));
  client.once("exit", onExit);
  try {
    const [message] = await once(client, "message", { signal: ended.signal });
    return message;
  } finally {
    client.off("exit", onExit);
  }
}

/** CPU of the client per request, in microseconds. */
export async function measure(client: ChildProcess, requests: number): Promise<number> {
  client.send({ requests });
  return (await messageOf(client)) as number;
}

/** The client's side: makes calls as it is asked to, and says what they cost it. */
export function answerMeasurements(call: () => Promise<unknown>): void {
  process.on("message", async ({ requests }: { readonly requests: number }) => {
    let left = requests;
    const before = process.cpuUsage();
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        while (left > 0) {
          left -= 1;
          await call();
        }
      }),
    );
    const { user, system } = process.cpuUsage(before);
    process.send!((user + system) / requests);
  });
  process.send!("ready");
}
