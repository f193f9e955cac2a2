import type { BookinfoOptions } from "./bookinfo-options.ts";
import { type BookinfoProgram, BookinfoPrograms, serviceNames } from "./bookinfo-programs.ts";
import type { Program } from "./processes/program.ts";
import { requireConsul } from "./processes/require-consul.ts";
import { requireFreePorts } from "./processes/require-free-ports.ts";

/** Bookinfo, running. */
export interface Bookinfo {
  /** Where the product page is, without path. */
  readonly url: string;
  /** Of the registry, or of the Consul agent in its place. */
  readonly registryUrl: string;
  /** Every process that was started: `registry`, `reviews-v2` …; a second one of a name is `reviews-v2-2`. */
  readonly programs: ReadonlyMap<string, Program>;
  /** Starts one more process. The registry comes back where it was, with the data that it had. */
  start(name: BookinfoProgram): Program;
  /** Stops the services, which leave the registry, and then the registry. */
  stop(): Promise<void>;
}

/**
 * Starts the registry, where no Consul agent takes its place, and the seven services, each a process of its own; resolves when the page can be served.
 * `log` takes the lines that they write; `signal` gives it up.
 * Rejects, with nothing left running, where a port is taken or a process does not start.
 */
export async function startBookinfo(
  options: BookinfoOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Bookinfo> {
  const { consul } = options;
  if (consul !== undefined) await requireConsul(consul, signal);
  const registryPort = consul === undefined ? { "--registry-port": options.registryPort } : {};
  await requireFreePorts({ ...registryPort, "--port": options.port });
  const programs = new BookinfoPrograms(options, log);
  try {
    const registryUrl = consul ?? (await unlessAborted(signal, programs.start("registry").listening()));
    if (consul === undefined) programs.useRegistry(registryUrl);
    const services = serviceNames.map((name) => programs.start(name));
    await unlessAborted(signal, Promise.all(services.map((service) => service.ready())));
    return {
      url: await services[0]!.listening(),
      registryUrl,
      programs: programs.all,
      start: (name) => programs.start(name),
      stop: () => programs.stop(),
    };
  } catch (error) {
    await programs.stop();
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
