import type { ResponseFlag } from "@intramesh/core";

/** Envoy's words for each flag (config/common/http/codes, "response code details"), the most telling first. */
const detailsOfFlags: readonly (readonly [ResponseFlag, string])[] = [
  ["DC", "downstream_remote_disconnect"],
  ["NR", "route_not_found"],
  ["NC", "cluster_not_found"],
  ["RL", "request_rate_limited"],
  ["FI", "fault_filter_abort"],
  ["UH", "no_healthy_upstream"],
  ["UO", "upstream_reset_before_response_started{overflow}"],
  ["UT", "response_timeout"],
  ["UF", "upstream_reset_before_response_started{connection_failure}"],
  ["UC", "upstream_reset_before_response_started{connection_termination}"],
  ["UR", "upstream_reset_before_response_started{remote_reset}"],
  ["LR", "upstream_reset_before_response_started{local_reset}"],
  ["UPE", "upstream_reset_before_response_started{protocol_error}"],
  ["SI", "stream_idle_timeout"],
];

/** What `%RESPONSE_CODE_DETAILS%` says: `via_upstream`, or why the mesh answered itself. */
export function responseDetails(flags: readonly ResponseFlag[], viaUpstream: boolean): string {
  if (viaUpstream) return "via_upstream";
  return detailsOfFlags.find(([flag]) => flags.includes(flag))?.[1] ?? "direct_response";
}
