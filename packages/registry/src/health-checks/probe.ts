import { Agent, get } from "node:http";
import type { Scheduler } from "@intramesh/core";

/** What a probe found. */
export type ProbeResult =
  | { readonly kind: "good" }
  /** It answered, and not well. */
  | { readonly kind: "bad"; readonly why: string }
  /** Nothing came back: its fault, or that of the network between. */
  | { readonly kind: "unreachable"; readonly why: string };

/** A connection for each probe: whether a new caller would get one is part of the question. */
const agent = new Agent({ keepAlive: false });

const headers = { "user-agent": "intramesh-registry", accept: "*/*", connection: "close" };

/** Asks once. A status from 200 to 399 within the time is good; redirects are not followed, the body is not read. */
export function probe(url: string, timeoutMs: number, scheduler: Scheduler): Promise<ProbeResult> {
  return new Promise((resolve) => {
    let finish = (result: ProbeResult): void => resolve(result);
    try {
      const request = get(url, { agent, headers }, (response) => {
        const status = response.statusCode ?? 0;
        const good = status >= 200 && status < 400;
        finish(good ? { kind: "good" } : { kind: "bad", why: `GET ${url} answered ${status}` });
      });
      const cancel = scheduler.after(timeoutMs, () => {
        finish({ kind: "unreachable", why: `GET ${url} did not answer within ${timeoutMs / 1_000} s` });
      });
      finish = (result) => {
        cancel();
        resolve(result);
        request.destroy();
      };
      // Also after its end: a connection that is destroyed may say so.
      request.on("error", (error) => {
        finish({
          kind: "unreachable",
          why: `GET ${url} failed: ${error.message || (error as NodeJS.ErrnoException).code}`,
        });
      });
    } catch (error) {
      resolve({ kind: "bad", why: `${url} cannot be asked for: ${(error as Error).message}` });
    }
  });
}
