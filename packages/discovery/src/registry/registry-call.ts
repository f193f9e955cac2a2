import type { Agent } from "node:http";
import type { Scheduler } from "@intramesh/core";
import type { RegistryAddress } from "./registry-address.ts";

/** One request to the registry. */
export interface RegistryCall {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Whose connections to use; one of its own unless said otherwise: the process's agent may be a mesh's. */
  readonly agent?: Agent;
  /** The call is given up after this, whatever has come of the answer. */
  readonly timeoutMs: number;
}

/** What the registry said, whatever its status. */
export interface RegistryAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Parsed JSON; undefined where the answer is none. */
  readonly body: unknown;
}

/** Answers are small; what is longer is not a registry's. */
const maxAnswerChars = 1024 * 1024;

/** One request to the registry and its whole answer, whatever its status. Rejects where there is none. */
export function callRegistry(
  address: RegistryAddress,
  scheduler: Scheduler,
  call: RegistryCall,
): Promise<RegistryAnswer> {
  const { method, path, agent, timeoutMs } = call;
  const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers =
    payload === undefined
      ? {}
      : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) };
  return new Promise((resolve, reject) => {
    const request = address.request(path, { method, agent: agent ?? false, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerChars) request.destroy(new Error("the registry's answer does not end"));
      });
      response.on("error", fail);
      response.on("end", () => {
        giveUp();
        resolve({ status: response.statusCode!, retryAfter: response.headers["retry-after"], body: parseJson(text) });
      });
    });
    const giveUp = scheduler.after(timeoutMs, () => {
      request.destroy(new Error(`the registry did not answer within ${timeoutMs / 1_000} s`));
    });
    function fail(error: Error): void {
      giveUp();
      reject(error);
    }
    request.on("error", fail);
    request.end(payload);
  });
}

/** What a Kubernetes Status says went wrong, or the status code where the answer is none. */
export function answerText({ status, body }: RegistryAnswer): string {
  const message = (body as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : `the registry answered ${status}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
