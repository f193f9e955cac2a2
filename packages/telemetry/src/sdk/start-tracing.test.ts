import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, it, type TestContext } from "node:test";

const source = new URL("./index.ts", import.meta.url).href;

interface Run {
  readonly code: number | null;
  /** What the program printed, one JSON value. */
  readonly said: unknown;
  readonly stderr: string;
}

/** A program of its own: an SDK is global, and what is loaded stays. */
function run(program: string, environment: Readonly<Record<string, string>> = {}): Run {
  const args = ["--conditions=@intramesh/source", "--input-type=module", "-e", program];
  // Where this file is, so that the program finds what this package finds.
  const options = {
    encoding: "utf8",
    cwd: import.meta.dirname,
    timeout: 60_000,
    env: { ...process.env, ...environment },
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  return { code: status, said: stdout === "" ? undefined : JSON.parse(stdout), stderr };
}

const start = `
  import { createRequire } from "node:module";
  import { trace, propagation } from "@opentelemetry/api";
  import { startTracing } from ${JSON.stringify(source)};
  const service = { name: "reviews", namespace: "shop", version: "v2", instance: "reviews-v2-1" };
  const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes("sdk-node")).length > 0;
  const resourceOf = () => trace.getTracer("test").startSpan("one").resource.attributes;
`;

describe("startTracing", () => {
  it("loads the SDK when it is called and not before", () => {
    const { said, stderr } = run(
      `${start} const before = loaded(); const tracing = startTracing({ service });
      console.log(JSON.stringify([before, loaded()])); await tracing.close();`,
      { OTEL_TRACES_EXPORTER: "none" },
    );
    assert.deepEqual(said, [false, true], stderr);
  });

  const resource = `${start} const tracing = startTracing({ service });
    const { "service.name": name, "service.namespace": namespace, "service.version": version, "service.instance.id": id } = resourceOf();
    console.log(JSON.stringify([name, namespace, version, id])); process.exit();`;

  it("says who the process is", () => {
    const { said, stderr } = run(resource, { OTEL_TRACES_EXPORTER: "otlp" });
    assert.deepEqual(said, ["reviews", "shop", "v2", "reviews-v2-1"], stderr);
  });

  it("lets the environment's own word win", () => {
    const { said, stderr } = run(resource, {
      OTEL_SERVICE_NAME: "critics",
      OTEL_RESOURCE_ATTRIBUTES: "service.version=v3",
    });
    assert.deepEqual(said, ["critics", "shop", "v3", "reviews-v2-1"], stderr);
  });

  it("follows OTEL_PROPAGATORS", () => {
    const program = `${start} startTracing({ service }); console.log(JSON.stringify(propagation.fields())); process.exit();`;
    const { said } = run(program, { OTEL_PROPAGATORS: "b3" });
    assert.ok((said as readonly string[]).includes("b3"));
    assert.deepEqual(run(program).said, ["traceparent", "tracestate", "baggage"]);
  });

  it("leaves an SDK alone that is registered already", () => {
    const { said, stderr } = run(
      `${start} startTracing({ service }); const first = trace.getTracerProvider().getDelegate();
      const second = startTracing({ service: { ...service, name: "other" } });
      await second.close();
      console.log(JSON.stringify([first === trace.getTracerProvider().getDelegate(), resourceOf()["service.name"]])); process.exit();`,
    );
    assert.deepEqual(said, [true, "reviews"], stderr);
  });

  it("can be started again once it was closed", () => {
    const { said, stderr } = run(
      `${start} await startTracing({ service }).close(); startTracing({ service: { ...service, name: "again" } });
      console.log(JSON.stringify(resourceOf()["service.name"])); process.exit();`,
    );
    assert.equal(said, "again", stderr);
  });

  it("says what to install where the SDK is missing", (t) => {
    const copy = withoutSdk(t);
    const { said } = run(
      `import { startTracing } from ${JSON.stringify(copy)};
      try { startTracing({ service: {} }); } catch ({ code, message }) { console.log(JSON.stringify([code, message])); }`,
    );
    assert.deepEqual(said, [
      "MESH_BAD_OPTION",
      "tracing needs the package @opentelemetry/sdk-node, which is not installed: npm install @opentelemetry/sdk-node",
    ]);
  });
});

/** This package's sources where they find all that it needs but the SDK. */
function withoutSdk(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-no-sdk-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(import.meta.dirname, ".."), join(folder, "src"), { recursive: true });
  for (const name of ["@intramesh/core", "@opentelemetry/api"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(dirname(findPackageJSON(name, import.meta.url)!), link, "dir");
  }
  return join(folder, "src/sdk/index.ts");
}
