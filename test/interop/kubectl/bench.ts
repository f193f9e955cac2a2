import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createRegistry } from "@intramesh/registry";
import { isShared, sharedFolder } from "../../support/shared-folder.ts";
import { type KubectlRelease, kubectls } from "./kubectls.ts";

/** How a run of kubectl ended. */
export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A registry of its own for a test, and a kubectl that knows nothing else. Both end with the test. */
export interface Bench {
  readonly release: KubectlRelease;
  readonly url: string;
  /** Runs kubectl to its end. */
  kubectl(args: readonly string[], more?: { readonly stdin?: string; readonly editor?: string }): Promise<Run>;
  /** The same, and it must be fine; returns what it prints. */
  fine(args: readonly string[], more?: { readonly stdin?: string; readonly editor?: string }): Promise<string>;
  /** Starts a kubectl that goes on; it is ended with the test. */
  start(args: readonly string[]): Running;
  /** Writes a file into a folder of the test's own; returns its path. */
  file(name: string, text: string): string;
  /** Tells the registry, as a client does, which revision it runs. */
  report(client: string, revision: number, rejected?: readonly string[]): Promise<void>;
}

/** A kubectl that goes on until it is ended, or ends. */
export interface Running {
  /** Resolves once stdout so far matches. */
  prints(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Run>;
}

/** No run of kubectl takes longer here; one that does has hung. */
const longestRunMs = 60_000;

/** One test for each release of kubectl, from `since` on. */
export function testEachKubectl(title: string, body: (bench: Bench) => Promise<void>, since = 0): void {
  const skip = kubectls.length === 0 ? "there is no kubectl on this machine, and none can be had" : false;
  describe(title, { skip }, () => {
    for (const release of kubectls) {
      const tooOld = release.minor < since && `kubectl cannot do this before 1.${since}`;
      test(`kubectl ${release.version}`, { skip: tooOld, timeout: 2 * longestRunMs }, async (t) => {
        await body(await startBench(t, release));
      });
    }
  });
}

async function startBench(t: TestContext, release: KubectlRelease): Promise<Bench> {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  const home = mkdtempSync(join(tmpdir(), "intramesh-kubectl-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const launch = (args: readonly string[], editor = "false"): ChildProcess => {
    const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: home, KUBECONFIG: "", KUBE_EDITOR: editor };
    return spawn(release.path, ["--server", registry.url, ...args], { env, timeout: longestRunMs });
  };
  const kubectl: Bench["kubectl"] = (args, { stdin = "", editor } = {}) => {
    const child = launch(args, editor);
    const { ended } = follow(child);
    // A kubectl that reads nothing may be gone before it is told so.
    child.stdin!.on("error", () => undefined);
    child.stdin!.end(stdin);
    return ended;
  };
  return {
    release,
    url: registry.url,
    kubectl,
    async fine(args, more) {
      const { code, out, err } = await kubectl(args, more);
      assert.equal(code, 0, `kubectl ${args.join(" ")}: ${err}`);
      return out;
    },
    start(args) {
      const child = launch(args);
      t.after(() => child.kill());
      return follow(child);
    },
    file(name, text) {
      const path = join(home, name);
      writeFileSync(path, text);
      return path;
    },
    async report(client, revision, rejected = []) {
      const response = await fetch(`${registry.url}/mesh/v1/clients/${client}`, {
        method: "PUT",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ service: "web", namespace: "default", revision, rejected }),
      });
      assert.equal(response.status, 204);
    },
  };
}

function follow(child: ChildProcess): Running {
  let [out, err] = ["", ""];
  const waiting = new Set<() => void>();
  child.stdout!.setEncoding("utf8").on("data", (chunk) => {
    out += chunk;
    for (const look of waiting) look();
  });
  child.stderr!.setEncoding("utf8").on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Run>((done) => child.once("close", (code) => done({ code: code ?? -1, out, err })));
  return {
    ended,
    prints: (pattern) =>
      new Promise((found, failed) => {
        const look = (): void => {
          if (!pattern.test(out)) return;
          waiting.delete(look);
          found(out);
        };
        waiting.add(look);
        look();
        void ended.then(() => failed(new Error(`kubectl ended without printing ${pattern}: ${out}${err}`)));
      }),
  };
}

/** Folder of Istio's Bookinfo; undefined where it is not there, which CI does not take. */
export function bookinfoFolder(): string | undefined {
  return isShared("data/istio-bookinfo") ? join(sharedFolder, "data/istio-bookinfo") : undefined;
}

/** A VirtualService that sends `host` to `to`, as JSON. */
export function rule(host: string, to: string = host, more: object = {}): string {
  return JSON.stringify({
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: host, ...more },
    spec: { hosts: [host], http: [{ route: [{ destination: { host: to } }] }] },
  });
}

/** A Service on port 9080, as JSON. */
export function service(name: string, port = 9080): string {
  const spec = { selector: { app: name }, ports: [{ name: "http", port }] };
  return JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name, labels: { app: name } }, spec });
}
