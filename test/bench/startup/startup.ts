import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { median, type Row } from "../row.ts";

const rounds = 11;
const variants = ["mesh", "by-hand"] as const;

interface Times {
  readonly importMs: number;
  readonly firstAnswerMs: number;
}

/**
 * How long a fresh process takes to import the mesh as it is published (`dist`), and then to get its first answer,
 * beside the parts of a stack made by hand. Processes take turns, medians are compared.
 */
export async function startup(): Promise<readonly Row[]> {
  const server = createServer((_, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const times: Record<(typeof variants)[number], Times[]> = { mesh: [], "by-hand": [] };
  try {
    for (const variant of variants) await run(variant, url);
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of variants) times[variant].push(await run(variant, url));
    }
  } finally {
    server.close();
  }

  const row = (name: string, key: keyof Times, limit?: number): Row => {
    const [ours, baseline] = variants.map((variant) => median(times[variant].map((each) => each[key]))) as [
      number,
      number,
    ];
    return {
      name,
      ours,
      baseline,
      ratio: ours / baseline,
      unit: "ms",
      atMost: Number.POSITIVE_INFINITY,
      ...(limit === undefined ? {} : { limit }),
    };
  };
  return [
    row('import "intramesh" / undici, opossum, p-retry, @opentelemetry/api and prom-client', "importMs", 60),
    row("createMesh and a first answer / undici.request", "firstAnswerMs"),
  ];
}

async function run(variant: string, url: string): Promise<Times> {
  const program = new URL("program.ts", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [program, variant, url]);
  return JSON.parse(stdout) as Times;
}
