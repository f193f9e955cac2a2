import { mkdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { BookinfoOptions } from "./bookinfo-options.ts";
import { type Program, startProgram } from "./processes/program.ts";

/** The seven services, the one that people look at first. */
export const serviceNames = [
  "productpage-v1",
  "details-v1",
  "ratings-v1",
  "ratings-v2",
  "reviews-v1",
  "reviews-v2",
  "reviews-v3",
] as const;

/** What there is to start. */
export type BookinfoProgram = "registry" | (typeof serviceNames)[number];

/** The processes of one Bookinfo. */
export class BookinfoPrograms {
  readonly #options: BookinfoOptions;
  readonly #log: (line: string) => void;
  readonly #data: string;
  readonly #all = new Map<string, Program>();
  #registry: URL | undefined;

  constructor(options: BookinfoOptions, log: (line: string) => void) {
    this.#options = options;
    this.#log = log;
    this.#data = resolve(options.data);
    mkdirSync(this.#data, { recursive: true });
  }

  /** All that were started, by name; a second one of a name is `reviews-v2-2`. */
  get all(): ReadonlyMap<string, Program> {
    return this.#all;
  }

  /** Says where the registry is, to services that start from now on and to a registry that comes back. */
  useRegistry(url: string): void {
    this.#registry = new URL(url);
  }

  start(name: BookinfoProgram): Program {
    const number = [...this.#all.values()].filter((program) => program.name === name).length + 1;
    const instance = `${name}-${number}`;
    const program = startProgram({
      name,
      module: moduleOf(name),
      args: this.#args(name, number),
      environment: this.#environment(instance),
      log: (line) => this.#log(`${name}: ${line}`),
    });
    this.#all.set(number === 1 ? name : instance, program);
    return program;
  }

  /** The services first: they leave the registry. */
  async stop(): Promise<void> {
    const all = [...this.#all.values()];
    await Promise.all(all.filter(({ name }) => name !== "registry").map((program) => program.stop()));
    await Promise.all(all.map((program) => program.stop()));
  }

  #args(name: BookinfoProgram, number: number): string[] {
    const { registryPort, port, ratingsDatabase } = this.#options;
    switch (name) {
      case "registry":
        return ["--port", this.#registry?.port || String(registryPort), "--data", join(this.#data, "registry")];
      case "productpage-v1":
        // A second one cannot have the same port.
        return ["--port", String(number === 1 ? port : 0)];
      case "ratings-v2":
        return ["--version", "v2", "--database", ratingsDatabase ?? join(this.#data, "ratings.sqlite")];
      default:
        return ["--version", name.slice(name.indexOf("-") + 1)];
    }
  }

  #environment(instance: string): Record<string, string | undefined> {
    const { consul } = this.#options;
    return {
      INTRAMESH_STATE_DIR: join(this.#data, "state"),
      // The same ids in every run: where the former run was killed, its instances are taken over, not called.
      INTRAMESH_INSTANCE: instance,
      ...(this.#registry === undefined ? {} : { INTRAMESH_REGISTRY: this.#registry.origin }),
      ...(consul === undefined ? {} : { INTRAMESH_CONSUL: consul, INTRAMESH_REGISTRY: undefined }),
      // All of them load the same modules.
      NODE_COMPILE_CACHE: join(this.#data, "compile-cache"),
    };
  }
}

/** The sources run as they are: each module has the extension of this one. */
function moduleOf(name: BookinfoProgram): URL {
  const service = name.replace(/-v\d$/, "");
  const path = name === "registry" ? "./processes/registry" : `./${service}/${service}`;
  return new URL(`${path}${extname(import.meta.filename)}`, import.meta.url);
}
