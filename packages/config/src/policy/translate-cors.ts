import type { CorsPolicySpec } from "../spec/virtual-service.ts";

/** The corsPolicy with every key there; the deprecated `allowOrigin` becomes exact `allowOrigins`. */
export function translateCors(spec: CorsPolicySpec | undefined): Readonly<Record<string, unknown>> | undefined {
  if (spec === undefined) return undefined;
  return {
    allowOrigins: spec.allowOrigins ?? (spec.allowOrigin ?? []).map((exact) => ({ exact })),
    allowMethods: spec.allowMethods ?? [],
    allowHeaders: spec.allowHeaders ?? [],
    exposeHeaders: spec.exposeHeaders ?? [],
    maxAge: spec.maxAge ?? null,
    allowCredentials: spec.allowCredentials ?? false,
    unmatchedPreflights: spec.unmatchedPreflights ?? "UNSPECIFIED",
  };
}
