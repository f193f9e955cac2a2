import { get } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { seededRandom } from "@intramesh/core";
import { epochHeader, type WatchEvent, watchPath } from "@intramesh/discovery";
import { Backoff, retryAfterMs } from "../../../packages/discovery/src/registry/backoff.ts";
import { LineSplitter } from "../../../packages/discovery/src/registry/line-splitter.ts";

/** What the clients are told. */
export type ClientsOrder =
  /** Connect so many clients; each subscribes to `perClient` of the services. */
  | {
      readonly kind: "connect";
      readonly url: string;
      readonly count: number;
      readonly services: readonly string[];
      readonly perClient: number;
    }
  /** Say when so many clients have had this revision. */
  | { readonly kind: "expect"; readonly revision: number; readonly count: number }
  /** Say when all are connected again and whole. */
  | { readonly kind: "watch-return" };

/** What they tell. Times are of the machine's monotonic clock, in ms. */
export type ClientsReport =
  | { readonly kind: "connected" }
  | { readonly kind: "arrived"; readonly revision: number; readonly at: number }
  | { readonly kind: "back"; readonly at: number; readonly whole: number; readonly refused: number };

const random = seededRandom(1);

/** How many clients have had a revision, and when the last of them did. */
const arrivals = new Map<number, { count: number; at: number }>();
const expected = new Map<number, number>();
let clients = 0;
let connected = 0;
let whole = 0;
let refused = 0;
let onAllConnected = (): void => undefined;

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function tell(report: ClientsReport): void {
  process.send?.(report);
}

/**
 * A client as the library has one, with its back-off, but without what a mesh does with the events and without
 * decompression: a thousand of them share one process, where each has a process of its own in life.
 */
function follow(url: string, services: readonly string[]): void {
  const backoff = new Backoff(random);
  let revision = 0;
  let epoch: string | undefined;
  let isOpen = false;

  function open(): void {
    let isReset = false;
    let isOver = false;
    const path = `${watchPath}?since=${revision}&services=${services.join()}&heartbeat=3600`;
    const headers = epoch === undefined ? {} : { [epochHeader]: epoch };
    const request = get(url + path, { agent: false, headers }, (response) => {
      if (response.statusCode !== 200) {
        refused += 1;
        end(retryAfterMs(response.headers["retry-after"], Date.now()));
        return;
      }
      const lines = new LineSplitter();
      response.on("data", (bytes: Buffer) => {
        for (const line of lines.push(bytes)) take(JSON.parse(line) as WatchEvent);
      });
      response.on("close", () => end(undefined));
      response.on("error", () => end(undefined));
    });
    request.on("error", () => end(undefined));

    function take(event: WatchEvent): void {
      if (event.type === "RESET") isReset = true;
      if (event.type === "RESET" || event.type === "RESUME") ({ epoch } = event);
      if (event.type === "BOOKMARK") ({ revision } = event);
      if (isOpen) note(event);
      else if (event.type === "BOOKMARK") enter(isReset);
    }

    function end(waitMs: number | undefined): void {
      if (isOver) return;
      isOver = true;
      request.destroy();
      if (isOpen) connected -= 1;
      isOpen = false;
      void pause(backoff.next(waitMs)).then(open);
    }
  }

  function enter(isReset: boolean): void {
    isOpen = true;
    connected += 1;
    if (isReset) whole += 1;
    backoff.reset();
    if (connected === clients) onAllConnected();
  }

  open();
}

/** Counts who has had what. */
function note(event: WatchEvent): void {
  if (!("revision" in event) || event.type === "BOOKMARK") return;
  const arrival = arrivals.get(event.revision) ?? { count: 0, at: 0 };
  arrival.count += 1;
  arrival.at = monotonicMs();
  arrivals.set(event.revision, arrival);
  settle(event.revision);
}

function settle(revision: number): void {
  const arrival = arrivals.get(revision);
  if (arrival === undefined || arrival.count !== expected.get(revision)) return;
  tell({ kind: "arrived", revision, at: arrival.at });
}

process.on("message", (order: ClientsOrder) => {
  switch (order.kind) {
    case "connect":
      clients = order.count;
      onAllConnected = () => tell({ kind: "connected" });
      for (let client = 0; client < order.count; client++) {
        const own = Array.from({ length: order.perClient }, (_, at) => client * order.perClient + at);
        follow(
          order.url,
          own.map((at) => order.services[at % order.services.length]!),
        );
      }
      return;
    case "expect":
      expected.set(order.revision, order.count);
      settle(order.revision);
      return;
    case "watch-return":
      whole = 0;
      refused = 0;
      onAllConnected = () => tell({ kind: "back", at: monotonicMs(), whole, refused });
      return;
  }
});
process.on("disconnect", () => process.exit());
