import type { Decision, ForwardAction, HeaderMap, MeshPolicy, RequestView } from "@intramesh/core";
import type { CompiledRoute, HostRoutes } from "../compiled-route.ts";
import { findRoute } from "../find-route.ts";
import { normalizePath } from "../normalize-path.ts";
import { redirectLocation } from "../redirect-location.ts";
import type { RouteTable } from "../route-table.ts";
import { parseAuthority } from "../target.ts";
import { decideDestination } from "./decided-destination.ts";
import { decideMirrors, decideRoute } from "./decided-route.ts";
import { emptyDecision } from "./empty-decision.ts";
import { explainMatches } from "./explain-matches.ts";

/** A request to decide on, as a caller would send it. `parseTarget` makes the parts out of a URL. */
export interface ExplainRequest {
  readonly method: string;
  /** `http` or `https`. */
  readonly scheme: string;
  /** Host with its port where it has one. */
  readonly authority: string;
  /** Path with its query, not normalised yet. */
  readonly path: string;
  readonly headers: HeaderMap;
  /** The port called, where the authority does not tell: a Host header may name another one, or none. */
  readonly port?: number;
}

/** The request on its way through the explanation: what every step below reads. */
interface Inquiry {
  readonly policy: MeshPolicy;
  readonly view: RequestView;
  readonly headers: HeaderMap;
  readonly port: number;
  readonly decision: Decision;
}

/**
 * What the mesh would do with a request, and why. It asks the same functions as a request on its way, so that it
 * cannot say one thing while the mesh does another.
 */
export function explainRequest(policy: MeshPolicy, table: RouteTable, request: ExplainRequest): Decision {
  const target = findTarget(request);
  const path = normalizePath(request.path, policy.pathNormalization);
  if (target === undefined || path === undefined) return refuse(request, target ?? { host: "", port: 0 });
  const view = viewOf(request, path);
  const decision = emptyDecision(view, target);
  const host = table.find(target.host, target.port);
  if (host === undefined) return unknownHost(policy, decision);
  return decideHost({ policy, view, headers: request.headers, port: target.port, decision }, host);
}

function findTarget({ authority, scheme, port }: ExplainRequest): ReturnType<typeof parseAuthority> {
  const target = parseAuthority(authority, scheme);
  return target === undefined || port === undefined ? target : { ...target, port };
}

function viewOf(request: ExplainRequest, path: string): RequestView {
  const { method, scheme, authority, headers } = request;
  return { method, scheme, authority, path, header: (name) => headers.get(name) };
}

function refuse(request: ExplainRequest, target: { readonly host: string; readonly port: number }): Decision {
  return {
    ...emptyDecision(request, target),
    outcome: "respond",
    response: { status: 400, body: "", flags: null },
    why: [`${request.authority}${request.path} is no authority and path that can be sent: answered 400`],
  };
}

function unknownHost(policy: MeshPolicy, decision: Decision): Decision {
  const called = `host ${decision.host} port ${decision.port}`;
  const unknown = `${called}: no Service, ServiceEntry or instance has this name and port for this caller`;
  if (policy.outboundTrafficPolicy === "ALLOW_ANY") {
    return {
      ...decision,
      outcome: "unknown-host",
      why: [unknown, "outboundTrafficPolicy ALLOW_ANY: passed through as it is"],
    };
  }
  return {
    ...decision,
    outcome: "unknown-host",
    response: { status: 502, body: "", flags: null },
    why: [unknown, "outboundTrafficPolicy REGISTRY_ONLY: answered 502"],
  };
}

function decideHost(inquiry: Inquiry, host: HostRoutes): Decision {
  const { policy, view, port } = inquiry;
  const route = findRoute(host, view, port);
  const rules = host.virtualService === undefined ? "" : ` → VirtualService ${host.virtualService}`;
  const why = [
    `host ${inquiry.decision.host} → ${host.host}${rules}`,
    ...explainRivals(host),
    ...explainMatches(host, view, port, route),
  ];
  const decision = { ...inquiry.decision, host: host.host, virtualService: host.virtualService ?? null, why };
  if (route === undefined) {
    return { ...decision, outcome: "no-route", why: [...why, "no rule matches: answered 404 NR"] };
  }
  if (route.policy.virtualService === undefined && policy.gateway === undefined) {
    why.push(
      host.virtualHost === undefined
        ? "no VirtualService names the host: default route"
        : `none of the rules of VirtualService ${host.virtualHost.virtualService} is for this caller and port: default route`,
    );
  }
  return decideAction({ ...inquiry, decision: { ...decision, ...decideRoute(route) } }, route);
}

/** Why VirtualServices that name the host too have no say. */
function explainRivals(host: HostRoutes): readonly string[] {
  return host.candidates
    .filter((candidate) => candidate !== host.virtualHost && candidate.virtualService !== undefined)
    .map(({ virtualService }) =>
      host.virtualService === undefined
        ? `VirtualService ${virtualService} names the host, but has no rule for this caller and port`
        : `VirtualService ${virtualService} names the host too, but ${host.virtualService} has it alone`,
    );
}

function decideAction(inquiry: Inquiry, route: CompiledRoute): Decision {
  const { decision, view, port } = inquiry;
  const { action, requestHeaders } = route.policy;
  const request = { ...decision.request, headers: requestHeaders };
  switch (action.kind) {
    case "redirect": {
      const redirect = { location: redirectLocation(route, view, port), status: action.status };
      const line = `redirect: ${redirect.status} to ${redirect.location}`;
      return { ...decision, request, outcome: "redirect", redirect, why: [...decision.why, line] };
    }
    case "respond": {
      const response = { status: action.status, body: action.body, flags: null };
      const line = `directResponse: ${action.status}`;
      return { ...decision, request, outcome: "respond", response, why: [...decision.why, line] };
    }
    case "forward":
      return decideForward({ ...inquiry, decision: { ...decision, request } }, route, action);
  }
}

function decideForward(inquiry: Inquiry, route: CompiledRoute, action: ForwardAction): Decision {
  const { policy, decision, view, port } = inquiry;
  const destinations = route.destinations.map((destination) => decideDestination(policy, route, destination, inquiry));
  const isKnown = destinations.some(({ known }) => known);
  const clusters = route.destinations.map((destination) => policy.cluster(destination.clusterRef(port)));
  const authorities = new Set(destinations.map(({ sent }) => sent.authority));
  const [authority] = authorities.size === 1 ? authorities : [view.authority];
  const lines = destinations.map(({ host, port: number, subset, weight, known, endpoints }) => {
    const name = `${host}:${number}${subset === null ? "" : ` subset ${subset}`}`;
    return `${weight} % to ${name}, ${known ? countOf(endpoints) : "no such service, port or subset: 503 NC"}`;
  });
  const notes = [...new Set(destinations.map(({ host }) => host))].flatMap((host) => policy.notes(host));
  return {
    ...decision,
    outcome: isKnown ? "forward" : "respond",
    destinations,
    request: { ...decision.request, path: route.rewritePath(view.path), authority: authority ?? view.authority },
    mirrors: decideMirrors(action.mirrors, port),
    response: isKnown ? null : { status: 503, body: "", flags: "NC" },
    policy: clusters[0]?.effective ?? null,
    why: [...decision.why, ...lines, ...notes],
  };
}

function countOf(endpoints: readonly string[]): string {
  return endpoints.length === 1 ? "1 endpoint" : `${endpoints.length} endpoints`;
}
