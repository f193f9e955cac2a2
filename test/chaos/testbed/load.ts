/** One request of a load, however it ended. */
export interface Call {
  readonly method: string;
  /** 0 where the call threw. */
  readonly status: number;
  /** Envoy's response flags of an answer that the mesh made up, or the error of a call that threw. */
  readonly flags: string;
  /** `x-replica` of the response. */
  readonly replica: string;
  /** Since the load began, ms. */
  readonly atMs: number;
  readonly tookMs: number;
}

export interface Load {
  /** Calls that have not ended yet. */
  readonly running: number;
  /** Resolves when `count` more calls have been made, ended or not. */
  more(count: number): Promise<void>;
  /** Sends nothing more; resolves when every call has ended. */
  stop(): Promise<readonly Call[]>;
}

export interface LoadOptions {
  readonly perSecond: number;
  /** Taken in turn; GET. */
  readonly methods?: readonly string[];
}

/** Calls at a steady rate, whether or not earlier calls have ended: an open loop. Reads each body to its end. */
export function startLoad(fetch: typeof globalThis.fetch, url: string, options: LoadOptions): Load {
  const { perSecond, methods = ["GET"] } = options;
  const startedAt = performance.now();
  const calls: Call[] = [];
  const running = new Set<Promise<void>>();
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();
  let sent = 0;
  const timer = setInterval(() => {
    // Timers of a busy machine come late: what is due is sent together.
    const due = ((performance.now() - startedAt) / 1_000) * perSecond;
    for (; sent < due; sent += 1) {
      const call = send(methods[sent % methods.length]!, sent).finally(() => running.delete(call));
      running.add(call);
    }
    for (const wait of waiting) {
      if (sent < wait.until) continue;
      waiting.delete(wait);
      wait.resolve();
    }
  }, 1_000 / perSecond);

  async function send(method: string, number: number): Promise<void> {
    calls.push(await timedCall(fetch, url, { method, headers: { "x-id": String(number) } }, startedAt));
  }

  return {
    get running() {
      return running.size;
    },
    more: (count) => new Promise((resolve) => waiting.add({ until: sent + count, resolve })),
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return calls;
    },
  };
}

/** Makes one call, reads its body and says how it went; never rejects. */
export async function timedCall(
  fetch: typeof globalThis.fetch,
  url: string,
  init: RequestInit = {},
  epoch: number = performance.now(),
): Promise<Call> {
  const begunAt = performance.now();
  const ended = (status: number, flags: string, replica: string): Call => {
    const tookMs = performance.now() - begunAt;
    return { method: init.method ?? "GET", status, flags, replica, atMs: begunAt - epoch, tookMs };
  };
  try {
    const body = init.method === "POST" ? "a body" : null;
    const response = await fetch(url, { body, ...init });
    await response.text();
    const { headers } = response;
    return ended(response.status, headers.get("x-intramesh-response-flags") ?? "", headers.get("x-replica") ?? "");
  } catch (error) {
    return ended(0, String(error), "");
  }
}

/** Calls that did not bring a 2xx. */
export function failuresOf(calls: readonly Call[]): Call[] {
  return calls.filter(({ status }) => status < 200 || status > 299);
}

/** What so many percent of the calls took at most, in ms. */
export function percentileMs(calls: readonly Call[], percent: number): number {
  const sorted = calls.map(({ tookMs }) => tookMs).sort((some, other) => some - other);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
