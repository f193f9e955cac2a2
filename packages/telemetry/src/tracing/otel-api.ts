import { createRequire } from "node:module";
import type * as OtelApi from "@opentelemetry/api";

const require = createRequire(import.meta.url);

/** What every copy of OpenTelemetry's API shares in a process, under the key that its version 1 has fixed. */
const shared = globalThis as { readonly [key: symbol]: { readonly trace?: unknown } | undefined };
const sharedKey = Symbol.for("opentelemetry.js.api.1");

let loaded: typeof OtelApi | undefined;

/** OpenTelemetry's API, loaded when it is first asked for: its 60 modules take a sixth of the time to import the mesh. */
export function otelApi(): typeof OtelApi {
  loaded ??= require("@opentelemetry/api") as typeof OtelApi;
  return loaded;
}

/** True where an SDK is registered, with any copy of the API. Loads nothing. */
export function hasTracerProvider(): boolean {
  return shared[sharedKey]?.trace !== undefined;
}
