import type {
  PortTrafficPolicy,
  TrafficPolicy,
  TrafficPolicyBlocks,
  TrafficPolicyRetryBudget,
  TunnelSpec,
} from "../spec/destination-rule.ts";
import { checkClientTls } from "./client-tls.ts";
import { checkConnectionPool } from "./connection-pool.ts";
import { checkLoadBalancer } from "./load-balancer.ts";
import { checkPort } from "./names.ts";
import { checkOutlierDetection } from "./outlier-detection.ts";
import type { Place } from "./place.ts";

/** Istio's limit for the entries of portLevelSettings. */
const maxPortSettings = 4_096;
const maxPort = 65_535;

/** Checks a trafficPolicy, of a rule or of a subset. Undefined passes. */
export function checkTrafficPolicy(policy: TrafficPolicy | undefined, place: Place): void {
  if (policy === undefined) return;
  const { portLevelSettings = [], tunnel, proxyProtocol, retryBudget } = policy;
  if (
    isEmpty(policy) &&
    [tunnel, proxyProtocol, retryBudget].every((block) => block === undefined) &&
    portLevelSettings.length === 0
  ) {
    place.error(
      "is empty: it needs a loadBalancer, connectionPool, outlierDetection, tls or another block; or drop it",
    );
  }
  checkBlocks(policy, place);
  if (portLevelSettings.length > maxPortSettings) {
    place.field("portLevelSettings").error(`has ${portLevelSettings.length} entries: at most ${maxPortSettings}`);
  }
  for (const [at, settings] of portLevelSettings.entries())
    checkPortSettings(settings, place.field("portLevelSettings").at(at));
  if (tunnel !== undefined) checkTunnel(tunnel, place.field("tunnel"));
  if (tunnel !== undefined && proxyProtocol !== undefined)
    place.error("tunnel and proxyProtocol exclude each other: keep one");
  if (retryBudget !== undefined) checkRetryBudget(retryBudget, place.field("retryBudget"));
}

function checkPortSettings(settings: PortTrafficPolicy, place: Place): void {
  if (settings.port === undefined) place.error("port is missing: say for which port the settings are");
  else checkPort(settings.port.number, place.field("port").field("number"));
  if (isEmpty(settings))
    place.error("has no settings: it needs a loadBalancer, connectionPool, outlierDetection or tls");
  checkBlocks(settings, place);
}

function checkBlocks(policy: TrafficPolicyBlocks, place: Place): void {
  const { loadBalancer, connectionPool, outlierDetection, tls } = policy;
  const hasOutlierDetection = outlierDetection !== undefined;
  if (loadBalancer !== undefined) checkLoadBalancer(loadBalancer, place.field("loadBalancer"), hasOutlierDetection);
  if (connectionPool !== undefined) checkConnectionPool(connectionPool, place.field("connectionPool"));
  if (outlierDetection !== undefined) checkOutlierDetection(outlierDetection, place.field("outlierDetection"));
  if (tls !== undefined) checkClientTls(tls, place.field("tls"));
}

function isEmpty({ loadBalancer, connectionPool, outlierDetection, tls }: TrafficPolicyBlocks): boolean {
  return [loadBalancer, connectionPool, outlierDetection, tls].every((block) => block === undefined);
}

function checkTunnel({ targetHost, targetPort }: TunnelSpec, place: Place): void {
  if (!targetHost) place.field("targetHost").error("is missing: name the host behind the tunnel");
  if (targetPort === undefined || targetPort < 1 || targetPort > maxPort) {
    place.field("targetPort").error(`a port is needed, 1 to ${maxPort}`);
  }
}

function checkRetryBudget({ percent }: TrafficPolicyRetryBudget, place: Place): void {
  if (percent !== undefined && (percent < 0 || percent > 100)) {
    place.field("percent").error(`${percent} is not a percentage: 0 to 100`);
  }
}
