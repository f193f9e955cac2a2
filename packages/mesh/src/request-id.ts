import { randomUUID } from "node:crypto";

/** Ids that share their random part; after that many a new one is drawn. */
const idsPerDraw = 65_536;

/** Makes `x-request-id`s: UUIDs whose last group counts. Drawing 128 random bits for each costs several times as much. */
export function createRequestIds(): () => string {
  let prefix = "";
  let count = idsPerDraw;
  return () => {
    if (count === idsPerDraw) {
      prefix = randomUUID().slice(0, -4);
      count = 0;
    }
    const tail = count.toString(16);
    count += 1;
    return prefix + "0000".slice(tail.length) + tail;
  };
}
