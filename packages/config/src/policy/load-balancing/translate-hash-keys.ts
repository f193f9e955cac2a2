import { type HashKey, parseDurationMs } from "@intramesh/core";
import type { ConsistentHashSpec } from "../../spec/destination-rule.ts";

/** By what requests are pinned: the one key of a consistentHash block; none where it is absent. */
export function translateHashKeys(spec: ConsistentHashSpec | undefined): readonly HashKey[] {
  if (spec === undefined) return [];
  if (spec.httpHeaderName) return [{ kind: "header", name: spec.httpHeaderName.toLowerCase() }];
  if (spec.httpCookie !== undefined) {
    const { name = "", path = "", ttl, attributes = [] } = spec.httpCookie;
    return [
      {
        kind: "cookie",
        name,
        path,
        ttlMs: ttl === undefined ? undefined : parseDurationMs(ttl),
        attributes: attributes.map((attribute) => ({ name: attribute.name ?? "", value: attribute.value ?? "" })),
      },
    ];
  }
  if (spec.useSourceIp) return [{ kind: "source-ip" }];
  if (spec.httpQueryParameterName) return [{ kind: "query-parameter", name: spec.httpQueryParameterName }];
  return [];
}
