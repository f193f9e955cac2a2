import { channel } from "node:diagnostics_channel";

/** What a mesh tells those who listen with `mesh.on`. */
export interface MeshEvents {
  /** A new snapshot is in force. */
  readonly configApplied: { readonly revision: string; readonly resources: number };
  /** A state of the resources did not compile, or a source lost touch; the last good snapshot stays. */
  readonly configRejected: { readonly error: Error };
  /** The registry knows this instance. */
  readonly registered: { readonly instance: string };
  /** Other endpoints are behind a cluster than before; ids, as `address:port`. */
  readonly endpointsChanged: {
    readonly cluster: string;
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
  /** Outlier detection leaves an endpoint out. */
  readonly endpointEjected: { readonly cluster: string; readonly endpoint: string };
  /** It takes part again. */
  readonly endpointReturned: { readonly cluster: string; readonly endpoint: string };
  /** An error-rate breaker opened, or closed after a good probe. */
  readonly breakerOpened: { readonly cluster: string };
  readonly breakerClosed: { readonly cluster: string };
  /** Another process took this instance's id over. */
  readonly instanceTaken: { readonly message: string };
}

/** Called with what the event says. */
export type MeshListener<Name extends keyof MeshEvents> = (event: MeshEvents[Name]) => void;

/** The events of one mesh. */
export interface Emitter {
  /** Returns the function that ends the listening. */
  on<Name extends keyof MeshEvents>(name: Name, listener: MeshListener<Name>): () => void;
  emit<Name extends keyof MeshEvents>(name: Name, event: MeshEvents[Name]): void;
}

/** Events are published on `node:diagnostics_channel` too, as `intramesh:NAME`; it costs nothing where nobody subscribes. */
export function createEmitter(): Emitter {
  const listeners = new Map<keyof MeshEvents, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) (listener as (event: unknown) => void)(event);
      const diagnostics = channel(`intramesh:${name}`);
      if (diagnostics.hasSubscribers) diagnostics.publish(event);
    },
  };
}
