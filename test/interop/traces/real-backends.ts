import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { firstSeen } from "../../support/eventually.ts";

/** Zipkin's server as one jar; `INTRAMESH_ZIPKIN_JAR`, or where `mvn dependency:get` leaves io.zipkin:zipkin-server:jar:exec. */
export const zipkinJar: string | undefined =
  process.env["INTRAMESH_ZIPKIN_JAR"] ??
  globSync(join(homedir(), ".m2/repository/io/zipkin/zipkin-server/*/zipkin-server-*-exec.jar")).at(-1);

/** OpenTelemetry's collector with its OTLP receiver and OTLP/HTTP exporter; `INTRAMESH_OTELCOL`, or on the PATH. */
export const collectorProgram: string | undefined = process.env["INTRAMESH_OTELCOL"] ?? onPath("otelcol");

/** Why Zipkin cannot be tested with; false where it can. */
export const noZipkin: string | false =
  zipkinJar === undefined || onPath("java") === undefined
    ? "needs java and Zipkin's exec jar: mvn dependency:get -Dartifact=io.zipkin:zipkin-server:3.6.1:jar:exec"
    : false;

/** Why the collector cannot be tested with; false where it can. */
export const noCollector: string | false =
  collectorProgram === undefined ? "needs otelcol on the PATH, or INTRAMESH_OTELCOL" : false;

/** A running backend. */
export interface Backend {
  readonly url: string;
  stop(): Promise<void>;
}

/** A JVM on a busy machine. */
const startLimitMs = 90_000;

/** Starts Zipkin with its storage in memory. */
export async function startZipkin(): Promise<Backend> {
  const port = await freePort();
  const env = { ...process.env, QUERY_PORT: String(port), SELF_TRACING_ENABLED: "false" };
  const child = spawn("java", ["-Xmx256m", "-jar", zipkinJar!], { stdio: "ignore", env });
  return running(child, `http://127.0.0.1:${port}`, "/health");
}

/** Starts a collector that hands what it gets on to `target`, as JSON. */
export async function startCollector(target: string): Promise<Backend> {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-otelcol-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { otlphttp: { endpoint: target, encoding: "json", compression: "none" } },
    service: {
      telemetry: { metrics: { level: "none" } },
      pipelines: { traces: { receivers: ["otlp"], exporters: ["otlphttp"] } },
    },
  };
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(collectorProgram!, ["--config", file], { stdio: "ignore" });
  return running(child, `http://127.0.0.1:${port}`, "/");
}

async function running(child: ChildProcess, url: string, path: string): Promise<Backend> {
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  };
  try {
    await firstSeen(`${url} answers`, startLimitMs, async () => {
      if (child.exitCode !== null) throw new Error(`the backend ended with code ${child.exitCode}`);
      const response = await fetch(url + path).catch(() => undefined);
      await response?.body?.cancel();
      return response !== undefined && response.status < 500 ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function onPath(program: string): string | undefined {
  const found = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
  return found !== "" && existsSync(found) ? found : undefined;
}
