import { createServer } from "node:http";
import { listen } from "../service/listen.ts";

/** Throws where other programs have some of the ports, naming for each the option that chooses another; 0 is free. */
export async function requireFreePorts(portsByOption: Readonly<Record<string, number>>): Promise<void> {
  const wrong = await Promise.all(Object.entries(portsByOption).map(([option, port]) => whyNotFree(port, option)));
  const messages = wrong.filter((message) => message !== undefined);
  if (messages.length > 0) throw new Error(messages.join("; "));
}

async function whyNotFree(port: number, option: string): Promise<string | undefined> {
  const server = createServer();
  try {
    await listen(server, port);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "EADDRINUSE" ? "is taken by another program" : `cannot be opened (${code})`;
    return `port ${port} ${reason}: choose another one with ${option} PORT, or 0 for a free one`;
  } finally {
    server.close();
  }
}
