/*
 * A 64-bit number as two halves. Arithmetic on BigInts allocates, arithmetic on halves does not.
 */

const whole = new BigUint64Array(1);
const halves = new Uint32Array(whole.buffer);
/** Where the lower half stands: at 0 on every little-endian machine. */
const lowAt = findLowHalf();

/** Takes a number apart; `lowWord` and `highWord` give its halves until the next call. */
export function splitWords(value: bigint): void {
  whole[0] = value;
}

/** The lower 32 bits of the number that was split last. */
export function lowWord(): number {
  return halves[lowAt]!;
}

/** The upper 32 bits of the number that was split last. */
export function highWord(): number {
  return halves[1 - lowAt]!;
}

/** The number made of two halves, modulo `divisor`, which is below 2^26 so that no product loses bits. */
export function moduloOfWords(high: number, low: number, divisor: number): number {
  return ((high % divisor) * (wordSize % divisor) + low) % divisor;
}

/** A number in [0, 1) as a half. */
export function wordOf(roll: number): number {
  return Math.floor(roll * wordSize);
}

const wordSize = 0x1_0000_0000;

function findLowHalf(): 0 | 1 {
  whole[0] = 1n;
  return halves[0] === 1 ? 0 : 1;
}
