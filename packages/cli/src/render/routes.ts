import type {
  ForwardAction,
  MatchPolicy,
  NamedMatch,
  RoutePolicy,
  StringMatch,
  VirtualHostPolicy,
} from "@intramesh/core";
import { layOutColumns } from "./columns.ts";
import { shortHost } from "./short-host.ts";

/** The rules of some hosts as an admin port shows them. */
export interface VirtualHostPage extends Pick<VirtualHostPolicy, "hosts"> {
  readonly virtualService?: string;
  readonly routes: readonly Pick<RoutePolicy, "index" | "name" | "matches" | "action">[];
}

/** Every rule that VirtualServices wrote, one a line, in the order of their trial. */
export function renderRoutes(virtualHosts: readonly VirtualHostPage[]): string {
  const rows = virtualHosts.flatMap(({ virtualService, hosts, routes }) =>
    routes.map(({ name, index, matches, action }) => [
      name ?? `http[${index}]`,
      hosts.join(","),
      matches.length === 0 ? "/*" : matches.map(matchText).join(" or "),
      actionText(action),
      virtualService ?? "-",
    ]),
  );
  if (rows.length === 0) return "No routes: no VirtualService is for this process. Calls take the default routes.\n";
  return layOutColumns([["NAME", "HOSTS", "MATCH", "DESTINATION", "VIRTUAL SERVICE"], ...rows]);
}

function matchText(match: MatchPolicy): string {
  const parts = [
    match.uri === undefined ? "" : uriText(match.uri),
    match.method === undefined ? "" : `method ${valueText(match.method)}`,
    match.scheme === undefined ? "" : `scheme ${valueText(match.scheme)}`,
    match.authority === undefined ? "" : `authority ${valueText(match.authority)}`,
    match.port === undefined ? "" : `port ${match.port}`,
    ...match.headers.map((header) => namedText("", header)),
    ...match.withoutHeaders.map((header) => `not ${namedText("", header)}`),
    ...match.queryParams.map((parameter) => namedText("?", parameter)),
  ].filter((part) => part !== "");
  const text = parts.length === 0 ? "/*" : parts.join(" ");
  return match.excluded === undefined ? text : `${text} (never: ${match.excluded})`;
}

function uriText(uri: StringMatch): string {
  return uri.kind === "prefix" ? `${uri.value}*` : valueText(uri);
}

function namedText(before: string, { name, match }: NamedMatch): string {
  const text = match.kind === "exact" ? `=${match.value}` : match.kind === "present" ? "" : `=${valueText(match)}`;
  return `${before}${name}${text}`;
}

function valueText(match: StringMatch): string {
  switch (match.kind) {
    case "exact":
      return match.value;
    case "prefix":
      return `${match.value}*`;
    case "regex":
      return `~${match.value}`;
    case "present":
      return "present";
  }
}

function actionText(action: RoutePolicy["action"]): string {
  switch (action.kind) {
    case "redirect":
      return `redirect ${action.status}`;
    case "respond":
      return `respond ${action.status}`;
    case "forward":
      return action.destinations.map(destinationText).join(", ");
  }
}

function destinationText({ host, subset, port, percent }: ForwardAction["destinations"][number]): string {
  const place = `${shortHost(host)}${port === undefined ? "" : `:${port}`}${subset === undefined ? "" : ` ${subset}`}`;
  return percent === 100 ? place : `${Number(percent.toFixed(3))} % ${place}`;
}
