import type { HeaderMap } from "@intramesh/core";

const prefix = "x-envoy-";

/**
 * Request headers that steer a proxy, or that a proxy puts on for the next hop. A default Istio sidecar takes them off what
 * its application sends, lest the application or a stranger behind it choose retries and timeouts (Envoy's
 * source/common/http/conn_manager_utility.cc, cleanInternalHeaders).
 */
const controlHeaders: ReadonlySet<string> = new Set([
  "x-envoy-retry-on",
  "x-envoy-retry-grpc-on",
  "x-envoy-max-retries",
  "x-envoy-retriable-status-codes",
  "x-envoy-retriable-header-names",
  "x-envoy-upstream-alt-stat-name",
  "x-envoy-upstream-rq-timeout-ms",
  "x-envoy-upstream-rq-per-try-timeout-ms",
  "x-envoy-upstream-rq-timeout-alt-response",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-hedge-on-per-try-timeout",
  "x-envoy-force-trace",
  "x-envoy-ip-tags",
  "x-envoy-original-url",
  "x-envoy-internal",
]);

/** Takes them off; nothing is allocated where there are none. */
export function dropControlHeaders(headers: HeaderMap): void {
  const { flat } = headers;
  for (let at = flat.length - 2; at >= 0; at -= 2) {
    const name = flat[at]!;
    if (name.startsWith(prefix) && controlHeaders.has(name)) flat.splice(at, 2);
  }
}
