import type { AccessLogRule } from "@intramesh/core";
import type { TelemetryAccessLogging } from "../../spec/telemetry.ts";
import { isForSide, type TelemetrySide } from "./telemetry-side.ts";

/** The provider that Istio has without being told: a line on standard output. */
const istioProvider = "envoy";

/**
 * The rules of one side; `scopes` from the widest to the most specific. A scope that names providers replaces those
 * before it; of each provider the last word on `disabled` and `filter` counts. Undefined where no scope says anything
 * for the side.
 */
export function mergeAccessLogging(
  scopes: readonly (readonly TelemetryAccessLogging[])[],
  side: TelemetrySide,
): readonly AccessLogRule[] | undefined {
  let providers: readonly string[] = [istioProvider];
  let isWritten = false;
  const said = new Map<string, TelemetryAccessLogging>();
  for (const scope of scopes) {
    const entries = scope.filter(({ match }) => isForSide(match, side));
    if (entries.length === 0) continue;
    isWritten = true;
    const inherited = providers;
    const named = new Set(entries.flatMap(providersOf));
    if (named.size > 0) providers = [...named];
    for (const entry of entries) {
      const own = providersOf(entry);
      for (const provider of own.length > 0 ? own : inherited) said.set(provider, entry);
    }
  }
  if (!isWritten) return undefined;
  return providers
    .filter((provider) => said.get(provider)?.disabled !== true)
    .map((provider) => ({ provider, filter: said.get(provider)?.filter?.expression }));
}

function providersOf({ providers = [] }: TelemetryAccessLogging): readonly string[] {
  return providers.map(({ name }) => name ?? "").filter((name) => name !== "");
}
