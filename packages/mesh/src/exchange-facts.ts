import { hostname } from "node:os";
import type { Exchange, RequestFacts, ResponseOutcome } from "@intramesh/core";
import type { ChainPolicy, Runtime } from "./chain.ts";

/**
 * What Envoy's operators in header values say of a request of this process. The process is caller and proxy in one:
 * both ends of the "downstream connection" are its own address, the listener's port is the one that was called, and
 * the caller's own port, which nobody knows, is 0, as in Envoy.
 */
export class ExchangeFacts implements RequestFacts {
  readonly #exchange: Exchange;
  readonly #policy: ChainPolicy;
  readonly #runtime: Runtime;
  /** Undefined while the request is on its way. */
  response: ResponseOutcome | undefined;

  constructor(exchange: Exchange, policy: ChainPolicy, runtime: Runtime) {
    this.#exchange = exchange;
    this.#policy = policy;
    this.#runtime = runtime;
  }

  startedAtMs(): number {
    return Math.round(this.nowMs() - this.#elapsedMs());
  }

  nowMs(): number {
    return this.#runtime.clock.wallMs();
  }

  environment(name: string): string | undefined {
    return process.env[name];
  }

  text(operator: string): string | undefined {
    const { upstream, port } = this.#exchange;
    const endpoint = this.response === undefined ? undefined : upstream?.endpoint;
    switch (operator) {
      case "HOSTNAME":
        return hostname();
      case "ROUTE_NAME":
        return this.#routeName();
      case "UPSTREAM_CLUSTER":
      case "UPSTREAM_CLUSTER_RAW":
        return this.#policy.clusterName;
      case "DOWNSTREAM_REMOTE_ADDRESS":
      case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS":
        return withPort(this.#ownAddress, 0);
      case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
      case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
      case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT":
        return this.#ownAddress;
      case "DOWNSTREAM_LOCAL_ADDRESS":
        return withPort(this.#ownAddress, port);
      case "DOWNSTREAM_LOCAL_PORT":
        return String(port);
      case "UPSTREAM_HOST":
      case "UPSTREAM_HOST_NAME":
      case "UPSTREAM_REMOTE_ADDRESS":
        return endpoint && withPort(endpoint.address, endpoint.port);
      case "UPSTREAM_HOST_NAME_WITHOUT_PORT":
      case "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
        return endpoint?.address;
      case "UPSTREAM_REMOTE_PORT":
        return endpoint && String(endpoint.port);
      default:
        return this.#ofResponse(operator);
    }
  }

  #ofResponse(operator: string): string | undefined {
    const { response } = this;
    if (response === undefined) return undefined;
    const { flags, attempts } = this.#exchange;
    switch (operator) {
      case "RESPONSE_CODE":
        return String(response.status);
      case "RESPONSE_FLAGS":
        return flags.length === 0 ? "-" : flags.join(",");
      case "RESPONSE_CODE_DETAILS":
        return response.local ? "direct_response" : "via_upstream";
      case "UPSTREAM_REQUEST_ATTEMPT_COUNT":
        return String(attempts);
      case "DURATION":
      case "RESPONSE_DURATION":
        return String(Math.round(this.#elapsedMs()));
      default:
        return undefined;
    }
  }

  get #ownAddress(): string {
    return this.#runtime.source.address;
  }

  /** As Istio names the routes that it makes of a rule: with the name of the match, where both have one. */
  #routeName(): string | undefined {
    const { route } = this.#policy;
    const name = route?.policy.name;
    const match = route?.match?.name;
    return name === undefined || match === undefined ? name : `${name}.${match}`;
  }

  #elapsedMs(): number {
    return this.#runtime.clock.now() - this.#exchange.startedAt;
  }
}

function withPort(address: string, port: number): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
