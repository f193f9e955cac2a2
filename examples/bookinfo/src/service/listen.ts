import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Opens `port` on loopback, 0 for a free one; resolves to the port that it became. */
export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port, not on a pipe, has an AddressInfo.
  return (server.address() as AddressInfo).port;
}
