import { connect } from "node:net";
import type { Cancel, Scheduler } from "@intramesh/core";

/** Between two looks whether the process listens. */
const probeIntervalMs = 100;

/**
 * Resolves when something accepts connections at the address: an instance is advertised when it listens, whatever
 * server it listens with. `first` tells of the first look, which is made at once. Never resolves after `stop()`.
 */
export function whenListening(
  address: string,
  port: number,
  scheduler: Scheduler,
): { readonly first: Promise<boolean>; readonly listening: Promise<void>; stop(): void } {
  let stopped = false;
  let cancelNext: Cancel = () => {};
  let resolveListening: () => void;
  const listening = new Promise<void>((resolve) => {
    resolveListening = resolve;
  });

  async function look(): Promise<boolean> {
    const accepted = await accepts(address, port);
    if (stopped) return false;
    if (accepted) resolveListening();
    else cancelNext = scheduler.after(probeIntervalMs, () => void look());
    return accepted;
  }

  return {
    first: look(),
    listening,
    stop() {
      stopped = true;
      cancelNext();
    },
  };
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.unref();
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
