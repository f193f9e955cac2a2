/** Milliseconds on a clock that never goes back; the zero point is arbitrary. */
export type MonotonicMs = number;

/** Time as the shell hands it to everything else. Pure functions receive its numbers, never the clock. */
export interface Clock {
  /** Monotonic milliseconds, with fractions. */
  now(): MonotonicMs;
  /** Milliseconds since 1970, for what people read. */
  wallMs(): number;
}

/** Cancels what `Scheduler.after` arranged; calling it late or twice does nothing. */
export type Cancel = () => void;

/** Timers as the shell hands them out. None of them keeps the process alive. */
export interface Scheduler {
  /** Runs `task` once, not before `delayMs` have passed. */
  after(delayMs: number, task: () => void): Cancel;
}
