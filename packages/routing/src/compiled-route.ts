import type {
  ClusterRef,
  DestinationPolicy,
  HeaderMap,
  MatchPolicy,
  RequestFacts,
  RequestView,
  RoutePolicy,
  ServicePolicy,
  VirtualHostPolicy,
} from "@intramesh/core";
import type { Condition } from "./condition.ts";

/** One place that requests of a route may go to. */
export interface CompiledDestination {
  readonly policy: DestinationPolicy;
  /** False: `applyRequestHeaders` never does anything. */
  readonly changesRequest: boolean;
  /** False: `applyResponseHeaders` never does anything. */
  readonly changesResponse: boolean;
  /** Does the operations of route and destination to a request's headers. */
  applyRequestHeaders(headers: HeaderMap, view: RequestView, facts?: RequestFacts): void;
  /** Does the operations of route and destination to the headers of the answer to `view`. */
  applyResponseHeaders(headers: HeaderMap, view: RequestView, facts?: RequestFacts): void;
  /** The cluster meant by a call to `port`. */
  clusterRef(port: number): ClusterRef;
}

/** One rule under one of its matches: what a request is held against. */
export interface CompiledRoute {
  readonly policy: RoutePolicy;
  /** Undefined for a rule without matches. */
  readonly match: MatchPolicy | undefined;
  readonly conditions: readonly Condition[];
  /** Empty unless the route forwards. */
  readonly destinations: readonly CompiledDestination[];
  /** Sum of the weights of several destinations. */
  readonly totalWeight: number;
  /** False: `rewritePath` returns what it is given. */
  readonly rewritesPath: boolean;
  /** The path to send in the place of a normalised one, query kept. */
  rewritePath(path: string): string;
  /** False: `applyResponseHeaders` never does anything. */
  readonly changesResponse: boolean;
  /** Header operations for an answer that the mesh gives itself: a redirect or a direct response. */
  applyResponseHeaders(headers: HeaderMap, view: RequestView, facts?: RequestFacts): void;
}

/** The routes of one host on one port, in the order of their trial. */
export interface HostRoutes {
  /** FQDN of the service, or the name called where it is none or a wildcard. */
  readonly host: string;
  /** `namespace/name`; undefined where the default route applies, or where several share a host on a Gateway. */
  readonly virtualService: string | undefined;
  readonly routes: readonly CompiledRoute[];
  /** Undefined where only a VirtualService knows the host. */
  readonly service: ServicePolicy | undefined;
  /** Where the routes come from; or, where they are the default one, rules that count as absent for this client and port. */
  readonly virtualHost: VirtualHostPolicy | undefined;
  /** All rules that name the host, in the order of their right to it. */
  readonly candidates: readonly VirtualHostPolicy[];
}
