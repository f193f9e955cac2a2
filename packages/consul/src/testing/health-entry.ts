/** One element of an answer of `/v1/health/service`. */
export interface HealthEntry {
  readonly Node: Readonly<Record<string, unknown>>;
  readonly Service: Readonly<Record<string, unknown>>;
  readonly Checks: readonly Readonly<Record<string, unknown>>[];
}

/** Instance `id` of the service `web` on the node `node`; its checks are pairs of status and service id. */
export function healthEntry(
  id: string,
  service: Readonly<Record<string, unknown>> & { readonly checks?: readonly (readonly [string, string])[] } = {},
): HealthEntry {
  const { checks = [["passing", id]], ...rest } = service;
  return {
    Node: { Node: "node", Address: "10.0.0.1", Datacenter: "dc1" },
    Service: { ID: id, Service: "web", Address: "10.0.0.2", Port: 80, Tags: null, Meta: null, ...rest },
    Checks: checks.map(([Status, ServiceID]) => ({ Status, ServiceID })),
  };
}
