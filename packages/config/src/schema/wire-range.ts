import type { WireType } from "./field-schema.ts";

/** What a field of Istio's API can carry, both included. */
export const wireRange: Readonly<Record<WireType, { readonly minimum: number; readonly maximum: number }>> = {
  int32: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  uint32: { minimum: 0, maximum: 2 ** 32 - 1 },
};
