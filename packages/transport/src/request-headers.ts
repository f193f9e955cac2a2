import { HeaderMap } from "@intramesh/core";

/** Every form in which undici and fetch take request headers. */
export type HeadersLike =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | readonly string[]
  | Iterable<readonly [string, string | readonly string[] | undefined]>
  | null
  | undefined;

/** Reads request headers of any form, names in lower case. */
export function readHeaders(input: HeadersLike): HeaderMap {
  const map = new HeaderMap();
  if (input === null || input === undefined) return map;
  if (Array.isArray(input)) {
    if (typeof input[0] === "string") readFlat(map, input as readonly string[]);
    else for (const [name, value] of input as readonly (readonly [string, string])[]) append(map, name, value);
  } else if (Symbol.iterator in input) {
    for (const [name, value] of input as Iterable<readonly [string, string]>) append(map, name, value);
  } else {
    const record = input as Readonly<Record<string, string | readonly string[] | undefined>>;
    for (const name in record) append(map, name, record[name]);
  }
  return map;
}

function readFlat(map: HeaderMap, flat: readonly string[]): void {
  if (flat.length % 2 !== 0)
    throw new TypeError("a flat array of headers needs a value for each name: its length must be even");
  for (let at = 0; at < flat.length; at += 2) append(map, flat[at]!, flat[at + 1]);
}

function append(map: HeaderMap, name: string, value: string | readonly string[] | undefined): void {
  if (value === undefined || value === null) return;
  const lower = String(name).toLowerCase();
  if (Array.isArray(value)) for (const line of value) map.append(lower, String(line));
  else map.append(lower, String(value));
}
