import type { Labels } from "@intramesh/core";
import { registerInstance } from "@intramesh/discovery";
import type { ResolvedOptions } from "./options.ts";
import { whenListening } from "./when-listening.ts";

/** How an instance stands with the registry. */
export interface Advertisement {
  /** Says where the process listens, where the options do not; the first word counts. */
  listensAt(targetPort: number): void;
  /** Resolves at once where nothing listens yet, else when the registry knows the instance. */
  ready(): Promise<void>;
  /** Leaves the registry. True where callers may know the instance. */
  close(): Promise<boolean>;
}

export interface AdvertisementEvents {
  registered(): void;
  taken(message: string): void;
}

/** Registers the instance as soon as something listens at its port. A process without a port or registry only calls. */
export function createAdvertisement(
  options: ResolvedOptions,
  labels: Labels,
  events: AdvertisementEvents,
): Advertisement {
  const { registry, service, scheduler } = options;
  let probe: ReturnType<typeof whenListening> | undefined;
  let registered: Promise<void> | undefined;
  let registrar: ReturnType<typeof registerInstance> | undefined;

  async function register(url: string, targetPort: number): Promise<void> {
    const { token, clock, random, logger } = options;
    const log = (message: string): void => logger.warn(`intramesh: ${message}`);
    registrar = registerInstance({
      url,
      ...(token === undefined ? {} : { token }),
      namespace: service.namespace,
      service: service.name,
      instance: service.instance,
      registration: {
        address: service.address,
        ports: { http: targetPort },
        servicePorts: { http: service.port ?? targetPort },
        labels,
        weight: service.weight,
        ...(service.locality === "" ? {} : { locality: service.locality }),
        ...(service.healthCheck === undefined ? {} : { healthCheck: service.healthCheck }),
      },
      clock,
      scheduler,
      random,
      onTaken(message) {
        log(message);
        events.taken(message);
      },
      log,
    });
    await registrar.ready();
    events.registered();
  }

  const advertisement: Advertisement = {
    listensAt(targetPort) {
      if (registry === undefined || probe !== undefined) return;
      probe = whenListening(service.address, targetPort, scheduler);
      registered = probe.listening.then(() => register(registry, targetPort));
      // Whoever waits for ready() hears of a name that is taken; onTaken has said it to the others.
      registered.catch(() => undefined);
    },
    async ready() {
      if (await probe?.first) await registered;
    },
    async close() {
      probe?.stop();
      await registrar?.close();
      return registrar !== undefined;
    },
  };
  if (service.targetPort !== undefined) advertisement.listensAt(service.targetPort);
  return advertisement;
}
