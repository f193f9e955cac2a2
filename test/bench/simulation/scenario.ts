/** One endpoint at one moment. */
export interface Condition {
  /** Mean time that a request takes of the event loop, in milliseconds. */
  readonly serviceMs: number;
  /** True where connections are refused. */
  readonly dead: boolean;
}

/** What happens to the first of the endpoints while the others stay as they are. */
export interface Scenario {
  readonly name: string;
  /** Says it in a line. */
  readonly what: string;
  /** When the first endpoint joins, in milliseconds. */
  readonly joinsAtMs: number;
  /** Milliseconds of other work that hold its loop up at the beginning of every second. */
  readonly blockedMs: number;
  /** The first endpoint at a time since the beginning, in milliseconds. */
  condition(now: number): Condition;
}

/** What every other endpoint takes for a request, in milliseconds. */
export const usualMs = 10;

/** How long the simulated time is, in milliseconds. */
export const durationMs = 60_000;

const usual: Condition = { serviceMs: usualMs, dead: false };
const tenfold: Condition = { serviceMs: 10 * usualMs, dead: false };
const base = { joinsAtMs: 0, blockedMs: 0 };

/** A cold endpoint needs this long to get warm, in milliseconds. */
const coldMs = 20_000;
const coldJoinsAtMs = 20_000;

/** Against what the balancers are tried. */
export const scenarios: readonly Scenario[] = [
  { ...base, name: "alike", what: "all endpoints take 10 ms", condition: () => usual },
  { ...base, name: "slow", what: "one takes ten times as long", condition: () => tenfold },
  {
    ...base,
    name: "flapping",
    what: "one is ten times slower for two seconds out of four",
    condition: (now) => (Math.floor(now / 2_000) % 2 === 1 ? tenfold : usual),
  },
  {
    ...base,
    name: "cold",
    what: "one joins after 20 s, ten times slower at first, warm after another 20 s",
    joinsAtMs: coldJoinsAtMs,
    condition: (now) => {
      const cold = Math.max(0, 1 - (now - coldJoinsAtMs) / coldMs);
      return { serviceMs: usualMs * (1 + 9 * cold), dead: false };
    },
  },
  {
    ...base,
    name: "dead",
    what: "one refuses connections from 20 s on, and nothing ejects it",
    condition: (now) => ({ serviceMs: usualMs, dead: now >= 20_000 }),
  },
  {
    ...base,
    name: "busy loop",
    what: "one blocks its event loop for 300 ms of every second",
    blockedMs: 300,
    condition: () => usual,
  },
];
