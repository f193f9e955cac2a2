import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What a proxy does to its connections. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that have come since the start. */
  readonly connections: number;
  /** Adds so many ms to every chunk on its way back. */
  delayMs: number;
  /** Connections that stand now carry nothing from here on and are not closed: a NAT that forgot them. New ones work. */
  forgetFlows(): void;
  /** Connections that stand now are reset. */
  resetFlows(): void;
  /** Connections from now on are reset as soon as they stand. */
  resetNew: boolean;
  close(): Promise<void>;
}

interface Flow {
  readonly near: Socket;
  readonly far: Socket;
  forgotten: boolean;
}

/** A TCP proxy to a port of loopback whose faults can be changed while it runs. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const flows = new Set<Flow>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    near.on("error", () => undefined);
    if (proxy.resetNew) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target, "127.0.0.1");
    const flow: Flow = { near, far, forgotten: false };
    flows.add(flow);
    near.on("data", (chunk) => {
      if (!flow.forgotten) far.write(chunk);
    });
    far.on("data", (chunk) => {
      if (flow.forgotten) return;
      if (proxy.delayMs > 0) setTimeout(() => near.write(chunk), proxy.delayMs);
      else near.write(chunk);
    });
    far.on("error", () => near.destroy());
    far.on("close", () => {
      if (!flow.forgotten) near.end();
    });
    near.on("close", () => {
      flows.delete(flow);
      far.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    delayMs: 0,
    resetNew: false,
    forgetFlows() {
      for (const flow of flows) flow.forgotten = true;
    },
    resetFlows() {
      for (const { near } of flows) near.resetAndDestroy();
    },
    async close() {
      for (const { near, far } of flows) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
