import { createServer } from "node:http";
import { listen } from "../service/listen.ts";

/** Throws where another program has the port, naming the option that chooses another one. 0 is always free. */
export async function requireFreePort(port: number, option: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    await listen(server, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "EADDRINUSE" ? "is taken by another program" : `cannot be opened (${code})`;
    throw new Error(`port ${port} ${reason}: choose another one with ${option} PORT, or 0 for a free one`);
  } finally {
    server.close();
  }
}
