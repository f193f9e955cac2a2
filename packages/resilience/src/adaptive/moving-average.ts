/** An average that forgets: each sample weighs less the older it is. */
export interface MovingAverage {
  readonly value: number;
  add(sample: number): void;
  /** Multiplies the value. */
  scale(factor: number): void;
}

/** Plain for the first `warmUp` samples, then exponential as over `window` of them. 0 without samples. */
export function createMovingAverage(window: number, warmUp: number): MovingAverage {
  const weight = 2 / (window + 1);
  let count = 0;
  let value = 0;
  return {
    get value() {
      return value;
    },
    add(sample) {
      if (count < warmUp) {
        count += 1;
        value += (sample - value) / count;
      } else value += (sample - value) * weight;
    },
    scale(factor) {
      value *= factor;
    },
  };
}
