/** xxHash64 of a text in UTF-8, unsigned; the seed is 0 unless given. */
export type Hash64 = (text: string, seed?: bigint) => bigint;

let loading: Promise<Hash64> | undefined;

/** Envoy's hash function. It is WebAssembly, which compiles asynchronously: await it once, before anything balances. */
export function loadHash64(): Promise<Hash64> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Hash64> {
  const { default: xxhash } = await import("xxhash-wasm");
  const { h64 } = await xxhash();
  return h64;
}
