/** What one package is and may import. */
export interface Wall {
  readonly layer: 0 | 1 | 2 | 3 | 4;
  /** Packages that its sources may import. */
  readonly imports: readonly string[];
  /** Modules that it may load at run time only, where it does not depend on them to start. */
  readonly loads?: readonly string[];
}

const core = "@intramesh/core";
const config = "@intramesh/config";
const discovery = "@intramesh/discovery";
const routing = "@intramesh/routing";

/** Packages that nobody but their owner imports: what they are behind can be changed in one place. */
export const owners: Readonly<Record<string, string>> = {
  undici: "transport",
  opossum: "mesh",
  "p-retry": "mesh",
};

/** The walls between the packages, by folder. Layers 0 and 1 are pure: no host modules either. */
export const walls: Readonly<Record<string, Wall>> = {
  core: { layer: 0, imports: [] },
  config: { layer: 1, imports: [core, "re2js"] },
  routing: { layer: 1, imports: [core, "re2js"] },
  balancing: { layer: 1, imports: [core, "xxhash-wasm"] },
  resilience: { layer: 1, imports: [core] },
  testing: { layer: 1, imports: [core] },
  discovery: { layer: 2, imports: [core, config, "yaml"] },
  consul: { layer: 2, imports: [core, config, "consul"] },
  kubernetes: { layer: 2, imports: [core, config, "@kubernetes/client-node"] },
  transport: { layer: 2, imports: [core, "undici"] },
  telemetry: {
    layer: 2,
    imports: [core, "@opentelemetry/api", "prom-client"],
    loads: ["@opentelemetry/sdk-node", "@marcbachmann/cel-js", "@marcbachmann/cel-js/evaluator", "pino"],
  },
  identity: { layer: 2, imports: [core] },
  mesh: {
    layer: 3,
    imports: [
      core,
      config,
      routing,
      "@intramesh/balancing",
      "@intramesh/resilience",
      discovery,
      "@intramesh/transport",
      "@intramesh/telemetry",
      "@intramesh/identity",
      "opossum",
      "p-retry",
    ],
  },
  registry: { layer: 4, imports: [core, config, discovery, "fastify"] },
  gateway: { layer: 4, imports: ["intramesh"] },
  console: { layer: 4, imports: [] },
  cli: {
    layer: 4,
    imports: [core, config, routing, discovery, "commander", "diff"],
    loads: ["@intramesh/registry/bin"],
  },
};
