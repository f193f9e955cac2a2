import type { Hash64 } from "@intramesh/balancing";

/**
 * A number for each instance, so that the clients of a large service choose different subsets of it (deterministic
 * subsetting). All bits of the hash are mixed: numbers modulo the count of subsets are even, also where instances are
 * called alike (`web-0`, `web-1` …). 32 bits, which arithmetic of numbers keeps exactly.
 */
export function clientNumber(instance: string, hash64: Hash64): number {
  return Number(BigInt.asUintN(32, hash64(instance)));
}
