import type { DecidedDestination, HeaderMap, MeshPolicy, RequestView } from "@intramesh/core";
import type { CompiledDestination, CompiledRoute } from "../compiled-route.ts";

/** One destination with its endpoints and the request as it would leave for it. */
export function decideDestination(
  policy: MeshPolicy,
  route: CompiledRoute,
  destination: CompiledDestination,
  request: { readonly view: RequestView; readonly headers: HeaderMap; readonly port: number },
): DecidedDestination {
  const ref = destination.clusterRef(request.port);
  const cluster = policy.cluster(ref);
  return {
    host: ref.host,
    port: ref.port,
    subset: ref.subset ?? null,
    weight: destination.policy.percent,
    known: cluster !== undefined,
    endpoints: cluster === undefined ? [] : policy.endpoints(cluster).map(({ id }) => id),
    requestHeaders: destination.policy.requestHeaders,
    responseHeaders: destination.policy.responseHeaders,
    sent: {
      path: route.rewritePath(request.view.path),
      authority: destination.policy.authority ?? request.view.authority,
      headers: headersSent(destination, request),
    },
  };
}

function headersSent(
  destination: CompiledDestination,
  request: { readonly view: RequestView; readonly headers: HeaderMap },
): Readonly<Record<string, string>> {
  const headers = request.headers.clone();
  destination.applyRequestHeaders(headers, request.view);
  const sent = new Map<string, string>();
  for (const [name, value] of headers.entries()) {
    const before = sent.get(name);
    sent.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(sent);
}
