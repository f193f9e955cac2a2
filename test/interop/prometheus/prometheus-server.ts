import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { deployFolder, tool } from "./prometheus-tool.ts";

/** One series of an answer and its latest value. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A target that Prometheus has found. */
export interface Target {
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A real Prometheus. */
export interface Prometheus {
  /** Answers a PromQL expression as of now; throws where it is none. */
  query(expression: string): Promise<readonly QueryResult[]>;
  /** The series that a selector matches, by their labels. */
  series(selector: string): Promise<readonly Readonly<Record<string, string>>[]>;
  targets(): Promise<readonly Target[]>;
  stop(): Promise<void>;
}

/** Runs Prometheus on deploy/prometheus, looking each second, at the registry at `registryUrl`. */
export async function startPrometheus(registryUrl: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-prometheus-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const shipped = readFileSync(join(deployFolder, "prometheus/prometheus.yml"), "utf8");
  const { host } = new URL(registryUrl);
  writeFileSync(
    join(folder, "prometheus.yml"),
    shipped.replaceAll("127.0.0.1:7070", host).replaceAll(/\b15s\b/g, "1s"),
  );
  copyFileSync(join(deployFolder, "prometheus/alerts.yml"), join(folder, "alerts.yml"));
  const child = spawn(
    tool("prometheus"),
    ["--config.file=prometheus.yml", "--storage.tsdb.path=data", "--web.listen-address=127.0.0.1:0"],
    { cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const exited = once(child, "exit");
  const lines: string[] = [];
  const address = new Promise<string>((resolve, reject) => {
    let listening: string | undefined;
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      listening ??= /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      // It listens before it answers anything but 503.
      if (listening !== undefined && line.includes("Server is ready to receive web requests")) resolve(listening);
    });
    exited.then(([code]) => reject(new Error(`Prometheus ended with ${code}:\n${lines.join("\n")}`)), reject);
  });
  const url = `http://${await address}/api/v1`;

  async function ask<Answer>(path: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
    const response = await fetch(`${url}/${path}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: Answer;
    };
    if (answer.status !== "success") throw new Error(`${JSON.stringify(parameters)}: ${answer.error}`);
    return answer.data;
  }

  return {
    async query(expression) {
      const data = await ask<QueryAnswer>("query", { query: expression });
      if (data.resultType === "scalar") return [{ metric: {}, value: Number(data.result[1]) }];
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    series: (selector) => ask("series", { "match[]": selector }),
    async targets() {
      const { activeTargets } = await ask<{ readonly activeTargets: readonly Target[] }>("targets", {
        state: "active",
      });
      return activeTargets;
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** `value`: seconds since 1970, and the number as text. */
type QueryAnswer =
  | { readonly resultType: "scalar"; readonly result: readonly [number, string] }
  | {
      readonly resultType: "vector";
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    };
