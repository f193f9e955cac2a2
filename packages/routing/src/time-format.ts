/** Writes a wall time, in ms since 1970, in UTC. */
export type TimeFormat = (ms: number) => string;

const days: readonly string[] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months: readonly string[] = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** Digits of a second, as many as a specifier names; 9 without one. The clock knows milliseconds. */
function fraction(time: Date, digits: number): string {
  return pad(time.getUTCMilliseconds(), 3).padEnd(9, "0").slice(0, digits);
}

function pad(value: number, width: number = 2): string {
  return String(value).padStart(width, "0");
}

const writers: Readonly<Record<string, (time: Date) => string>> = {
  Y: (time) => String(time.getUTCFullYear()),
  y: (time) => pad(time.getUTCFullYear() % 100),
  m: (time) => pad(time.getUTCMonth() + 1),
  d: (time) => pad(time.getUTCDate()),
  e: (time) => String(time.getUTCDate()).padStart(2),
  H: (time) => pad(time.getUTCHours()),
  I: (time) => pad(time.getUTCHours() % 12 || 12),
  p: (time) => (time.getUTCHours() < 12 ? "AM" : "PM"),
  M: (time) => pad(time.getUTCMinutes()),
  S: (time) => pad(time.getUTCSeconds()),
  s: (time) => String(Math.floor(time.getTime() / 1_000)),
  a: (time) => days[time.getUTCDay()]!.slice(0, 3),
  A: (time) => days[time.getUTCDay()]!,
  b: (time) => months[time.getUTCMonth()]!.slice(0, 3),
  B: (time) => months[time.getUTCMonth()]!,
  F: (time) => time.toISOString().slice(0, 10),
  T: (time) => time.toISOString().slice(11, 19),
  z: () => "+0000",
  Z: () => "UTC",
  f: (time) => fraction(time, 9),
  "%": () => "%",
};

/** A specifier, or as many digits of a second: `%3f`, or of a second with them: `%E3S`. */
const specifier = /%(?:([1-9])f|E([1-9])S|([A-Za-z%]))/g;

/**
 * Reads the format of Envoy's `START_TIME`: strftime's common specifiers, and `%f` for parts of a second. `""` is
 * ISO 8601 with milliseconds. A specifier that is not known stays as it is written.
 */
export function compileTimeFormat(format: string): TimeFormat {
  if (format === "") return (ms) => new Date(ms).toISOString();
  return (ms) => {
    const time = new Date(ms);
    return format.replace(specifier, (written, digits?: string, secondDigits?: string, letter?: string) => {
      if (digits !== undefined) return fraction(time, Number(digits));
      if (secondDigits !== undefined) return `${pad(time.getUTCSeconds())}.${fraction(time, Number(secondDigits))}`;
      return writers[letter!]?.(time) ?? written;
    });
  };
}
