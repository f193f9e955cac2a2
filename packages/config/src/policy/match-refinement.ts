import type { HttpMatchRequest, StringMatchSpec } from "../spec/virtual-service.ts";

type Named<Value> = Readonly<Record<string, Value>> | undefined;

/**
 * What a delegate's match asks inside a root's: everything that either asks. Undefined where they contradict each
 * other or the delegate asks for less than the root.
 */
export function refineMatch(root: HttpMatchRequest, delegate: HttpMatchRequest): HttpMatchRequest | undefined {
  if (contradicts(root, delegate)) return undefined;
  const name = [root.name, delegate.name].filter((part) => part !== undefined && part !== "").join("-");
  return {
    ...root,
    ...delegate,
    ...(name !== "" && { name }),
    headers: { ...root.headers, ...delegate.headers },
    withoutHeaders: { ...root.withoutHeaders, ...delegate.withoutHeaders },
    queryParams: { ...root.queryParams, ...delegate.queryParams },
    sourceLabels: { ...root.sourceLabels, ...delegate.sourceLabels },
    gateways: delegate.gateways?.length ? delegate.gateways : (root.gateways ?? []),
  };
}

function contradicts(root: HttpMatchRequest, delegate: HttpMatchRequest): boolean {
  const strings = [
    [root.uri, delegate.uri],
    [root.scheme, delegate.scheme],
    [root.method, delegate.method],
    [root.authority, delegate.authority],
  ] as const;
  if (strings.some(([above, below]) => isLooser(above, below))) return true;
  const named = [
    [root.headers, delegate.headers],
    [root.withoutHeaders, delegate.withoutHeaders],
    [root.queryParams, delegate.queryParams],
  ] as const;
  if (named.some(([above, below]) => anyOfBoth(above, below, isLooser))) return true;
  return (
    (root.ignoreUriCase ?? false) !== (delegate.ignoreUriCase ?? false) ||
    differ(root.port, delegate.port) ||
    (Boolean(root.sourceNamespace) && root.sourceNamespace !== delegate.sourceNamespace) ||
    anyOfBoth(root.sourceLabels, delegate.sourceLabels, (above, below) => above !== below) ||
    (Boolean(root.gateways?.length) && (delegate.gateways ?? []).some((gateway) => !root.gateways?.includes(gateway)))
  );
}

function differ(above: number | undefined, below: number | undefined): boolean {
  return Boolean(above) && Boolean(below) && above !== below;
}

function anyOfBoth<Value>(
  above: Named<Value>,
  below: Named<Value>,
  test: (above: Value, below: Value) => boolean,
): boolean {
  return Object.entries(above ?? {}).some(([key, value]) => {
    const other = below?.[key];
    return other !== undefined && test(value, other);
  });
}

/**
 * Whether the delegate's matcher is no refinement of the root's. Patterns cannot be compared, and beside a root that
 * asks for presence or for the empty text nothing counts as narrower (stringMatchConflict in
 * pilot/pkg/model/virtualservice.go).
 */
function isLooser(root: StringMatchSpec | undefined, delegate: StringMatchSpec | undefined): boolean {
  if (root === undefined || delegate === undefined) return false;
  if (root.regex || delegate.regex) return true;
  if (root.exact) return delegate.exact !== root.exact;
  if (root.prefix) return !(delegate.prefix || delegate.exact || "").startsWith(root.prefix);
  return true;
}
