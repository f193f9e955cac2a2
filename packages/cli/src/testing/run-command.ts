import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import { createRegistry } from "@intramesh/registry";

/** How a run of the command ended. */
export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const bin = resolve(import.meta.dirname, "../bin.ts");

/** Starts the real command in a process of its own. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const flags = ["--conditions=@intramesh/source", bin, ...args];
  return spawn(process.execPath, flags, { env: { PATH: process.env["PATH"], ...env }, stdio: "pipe" });
}

/** Runs the real command to its end. */
export function runCommand(
  args: readonly string[],
  more: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<Run> {
  const child = startCommand(args, more.env);
  return new Promise((done) => {
    let [out, err] = ["", ""];
    child.stdout!.setEncoding("utf8").on("data", (chunk) => {
      out += chunk;
    });
    child.stderr!.setEncoding("utf8").on("data", (chunk) => {
      err += chunk;
    });
    child.once("close", (code) => done({ code, out, err }));
    // A command that reads nothing may be gone before it is told so.
    child.stdin!.on("error", () => {});
    child.stdin!.end(more.stdin ?? "");
  });
}

/** A registry that ends with its test, and the command that talks to it. */
export interface Bench {
  readonly url: string;
  /** Runs the command against the registry. */
  run(args: readonly string[], stdin?: string): Promise<Run>;
  /** Writes a file into a folder of the test's own; returns its path. */
  file(name: string, text: string): string;
}

/** Starts one. */
export async function startBench(t: TestContext): Promise<Bench> {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  const folder = temporaryFolder(t);
  return {
    url: registry.url,
    run: (args, stdin = "") => runCommand(args, { env: { INTRAMESH_REGISTRY: registry.url }, stdin }),
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
  };
}

/** A folder that goes with its test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A VirtualService that sends `host` to `to`. */
export function rule(host: string, to: string = host): string {
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: ${host}
spec:
  hosts:
  - ${host}
  http:
  - route:
    - destination:
        host: ${to}
`;
}

/** A Service on port 9080. */
export function service(name: string): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: ${name}
spec:
  ports:
  - name: http
    port: 9080
  selector:
    app: ${name}
`;
}
