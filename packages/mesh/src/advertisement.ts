import { type Cancel, type Labels, MeshError } from "@intramesh/core";
import {
  type AnnouncedInstance,
  type InstanceAnnouncement,
  type ResourceSource,
  registerInstance,
} from "@intramesh/discovery";
import type { ResolvedOptions } from "./options.ts";
import { whenListening } from "./when-listening.ts";

/** How an instance stands with the registry. */
export interface Advertisement {
  /**
   * Says where a server of the process listens. The first word counts, where the options name no `targetPort`, and where
   * nothing listens at the service's own port within a second.
   */
  listensAt(targetPort: number): void;
  /** Resolves at once where nothing listens yet, else when the registry knows the instance. */
  ready(): Promise<void>;
  /** Leaves the registry. True where callers may know the instance. */
  close(): Promise<boolean>;
}

/** Who hears how the registration goes. */
export interface AdvertisementEvents {
  registered(): void;
  taken(message: string): void;
}

/** A process that opens several servers opens them together. */
const otherServersMs = 1_000;

/** Programs that take longer than that to listen are rare, and told once. */
const silentMs = 10_000;

/**
 * Registers the instance as soon as something listens at its port, with the registry and with every source that takes
 * instances. A process without a port, or with nowhere to register, only calls.
 */
export function createAdvertisement(
  options: ResolvedOptions,
  labels: Labels,
  events: AdvertisementEvents,
): Advertisement {
  const { service, scheduler, logger } = options;
  const places = placesOf(options, events);
  let probe: ReturnType<typeof whenListening> | undefined;
  let registered: Promise<void> | undefined;
  let registrars: readonly AnnouncedInstance[] = [];
  /** The service's own port is looked at, though nobody has said that the process listens there. */
  let isGuess = false;
  let warned: Cancel = () => {};

  function look(targetPort: number): void {
    const { address } = service;
    const looking = whenListening(address, targetPort, scheduler);
    probe = looking;
    warned = scheduler.after(silentMs, () => logger.warn(`intramesh: ${silence(address, targetPort)}`));
    registered = looking.listening.then(() => {
      isGuess = false;
      warned();
      return register(targetPort);
    });
    // Whoever waits for ready() hears of a name that is taken; onTaken has said it to the others.
    registered.catch(() => undefined);
  }

  function stopLooking(): void {
    probe?.stop();
    warned();
  }

  async function register(targetPort: number): Promise<void> {
    const announcement = announcementOf(options, labels, targetPort);
    registrars = places.map((place) => place(announcement));
    await Promise.all(registrars.map((registrar) => registrar.ready()));
    events.registered();
  }

  const advertisement: Advertisement = {
    listensAt(targetPort) {
      if (places.length === 0) return;
      if (probe === undefined) return look(targetPort);
      if (!isGuess || targetPort === service.port) return;
      scheduler.after(otherServersMs, () => {
        if (!isGuess) return;
        isGuess = false;
        stopLooking();
        look(targetPort);
      });
    },
    async ready() {
      if (await probe?.first) await registered;
    },
    async close() {
      isGuess = false;
      stopLooking();
      await Promise.all(registrars.map((registrar) => registrar.close()));
      return registrars.length > 0;
    },
  };
  const expected = service.targetPort ?? service.port;
  if (expected !== undefined) advertisement.listensAt(expected);
  isGuess = expected !== undefined && service.targetPort === undefined;
  return advertisement;
}

function silence(address: string, port: number): string {
  return `nothing accepts connections at ${address}:${port} so far, so that no caller knows this instance; where the process listens elsewhere, say so with service.targetPort (INTRAMESH_TARGET_PORT) or service.address (INTRAMESH_ADDRESS)`;
}

type Place = (announcement: InstanceAnnouncement) => AnnouncedInstance;

function placesOf(options: ResolvedOptions, events: AdvertisementEvents): readonly Place[] {
  const { registry, sources, token, clock, scheduler, random, logger } = options;
  const log = (message: string): void => logger.warn(`intramesh: ${message}`);
  const places = sources
    .filter((source) => source.register !== undefined)
    .map(
      (source): Place =>
        (announcement) =>
          announceOr(source, announcement, log),
    );
  if (registry === undefined) return places;
  const inRegistry: Place = (announcement) =>
    registerInstance({
      ...announcement,
      url: registry,
      ...(token === undefined ? {} : { token }),
      clock,
      scheduler,
      random,
      onTaken(message) {
        log(message);
        events.taken(message);
      },
      log,
    });
  return [...places, inRegistry];
}

/** Somebody has to hear why a source cannot hold this instance, even where nobody waits for ready(). */
function announceOr(
  source: ResourceSource,
  announcement: InstanceAnnouncement,
  log: (message: string) => void,
): AnnouncedInstance {
  try {
    return source.register!(announcement);
  } catch (error) {
    const { message } = error as Error;
    log(`${source.name} cannot hold this instance: ${message}`);
    const refused = Promise.reject(new MeshError("MESH_BAD_OPTION", `${source.name}: ${message}`, { cause: error }));
    refused.catch(() => undefined);
    return { ready: () => refused, close: async () => undefined };
  }
}

function announcementOf({ service }: ResolvedOptions, labels: Labels, targetPort: number): InstanceAnnouncement {
  return {
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
  };
}
