import { mkdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import type { BookinfoOptions } from "./bookinfo-options.ts";
import { type Program, startProgram } from "./processes/program.ts";
import { requireFreePort } from "./processes/require-free-port.ts";

/** Bookinfo, running. */
export interface Bookinfo {
  /** Where the product page is, without path. */
  readonly url: string;
  readonly registryUrl: string;
  /** Every process that was started: `registry`, `reviews-v2` …; a second one of a name is `reviews-v2-2`. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Starts one more process. The registry comes back where it was, with the data that it had. */
  start(name: BookinfoProgram): Program;
  /** Stops the services, which leave the registry, and then the registry. */
  stop(): Promise<void>;
}

/** What there is to start. */
export type BookinfoProgram = "registry" | (typeof serviceNames)[number];

const serviceNames = [
  "productpage-v1",
  "details-v1",
  "ratings-v1",
  "ratings-v2",
  "reviews-v1",
  "reviews-v2",
  "reviews-v3",
] as const;

/**
 * Starts the registry and the seven services, each a process of its own; resolves when the page can be served.
 * `signal` gives it up. Rejects, with nothing left running, where a port is taken or a process does not start.
 */
export async function startBookinfo(
  options: BookinfoOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Bookinfo> {
  await requireFreePort(options.registryPort, "--registry-port");
  await requireFreePort(options.port, "--port");
  const data = resolve(options.data);
  mkdirSync(data, { recursive: true });

  const programs = new Map<string, Program>();
  const environment = {
    INTRAMESH_STATE_DIR: join(data, "state"),
    // Eight processes load the same modules.
    NODE_COMPILE_CACHE: join(data, "compile-cache"),
  };
  let { registryPort } = options;
  let registryUrl = "";

  function launch(name: BookinfoProgram, file: string, args: readonly string[]): Program {
    // The sources run as they are: the modules have the extension of this one.
    const module = new URL(`${file}${extname(import.meta.filename)}`, import.meta.url);
    const number = [...programs.values()].filter((program) => program.name === name).length + 1;
    // The same ids in every run: where the former run was killed, its instances are taken over, not called.
    const instance = `${name}-${number}`;
    const own = name === "registry" ? {} : { INTRAMESH_REGISTRY: registryUrl, INTRAMESH_INSTANCE: instance };
    const program = startProgram({
      name,
      module,
      args,
      environment: { ...environment, ...own },
      log: (line) => log(`${name}: ${line}`),
    });
    programs.set(number === 1 ? name : instance, program);
    return program;
  }

  function start(name: BookinfoProgram): Program {
    if (name === "registry") {
      return launch(name, "./processes/registry", ["--port", String(registryPort), "--data", join(data, "registry")]);
    }
    const [service = name, version = "v1"] = name.split("-");
    // A second productpage cannot have the same port.
    const port = name === "productpage-v1" && !programs.has(name) ? options.port : 0;
    const database = options.ratingsDatabase ?? join(data, "ratings.sqlite");
    const more = name === "ratings-v2" ? ["--database", database] : [];
    return launch(name, `./${service}/${service}`, ["--port", String(port), "--version", version, ...more]);
  }

  async function stop(): Promise<void> {
    const isRegistry = ({ name }: Program): boolean => name === "registry";
    const all = [...programs.values()];
    await Promise.all(all.filter((program) => !isRegistry(program)).map((program) => program.stop()));
    await Promise.all(all.filter(isRegistry).map((program) => program.stop()));
  }

  try {
    registryUrl = await unlessAborted(signal, start("registry").listening());
    registryPort = Number(new URL(registryUrl).port);
    const services = serviceNames.map((name) => start(name));
    await unlessAborted(signal, Promise.all(services.map((service) => service.ready())));
    return { url: await services[0]!.listening(), registryUrl, programs, start, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function unlessAborted<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}
