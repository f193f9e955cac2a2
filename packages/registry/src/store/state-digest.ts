/**
 * A number that stands for all objects of a state: the sum of their checksums. It is written with every commit, so that
 * objects that have gone missing, or come back in an older state, are noticed. Order does not matter, and one change
 * costs one addition.
 */
export const emptyDigest = 0;

/** Sums stay exact in a number. */
const modulus = 2 ** 48;

/** With an object whose checksum is `crc`. */
export function addToDigest(digest: number, crc: number): number {
  return (digest + crc) % modulus;
}

/** Without an object whose checksum is `crc`. */
export function removeFromDigest(digest: number, crc: number): number {
  return (digest - crc + modulus) % modulus;
}
