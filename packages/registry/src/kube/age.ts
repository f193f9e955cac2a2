interface Unit {
  readonly name: string;
  readonly seconds: number;
}

const second: Unit = { name: "s", seconds: 1 };
const minute: Unit = { name: "m", seconds: 60 };
const hour: Unit = { name: "h", seconds: 60 * minute.seconds };
const day: Unit = { name: "d", seconds: 24 * hour.seconds };
const year: Unit = { name: "y", seconds: 365 * day.seconds };

/** An age as kubectl prints it (`5s`, `3m20s`, `3d4h`): two units while the second says something. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 2 * minute.seconds) return one(seconds, second);
  if (seconds < 10 * minute.seconds) return two(seconds, minute, second);
  if (seconds < 3 * hour.seconds) return one(seconds, minute);
  if (seconds < 8 * hour.seconds) return two(seconds, hour, minute);
  if (seconds < 2 * day.seconds) return one(seconds, hour);
  if (seconds < 8 * day.seconds) return two(seconds, day, hour);
  if (seconds < 2 * year.seconds) return one(seconds, day);
  if (seconds < 8 * year.seconds) return two(seconds, year, day);
  return one(seconds, year);
}

function one(seconds: number, unit: Unit): string {
  return `${Math.floor(seconds / unit.seconds)}${unit.name}`;
}

function two(seconds: number, large: Unit, small: Unit): string {
  const rest = seconds % large.seconds;
  return rest < small.seconds ? one(seconds, large) : one(seconds, large) + one(rest, small);
}
