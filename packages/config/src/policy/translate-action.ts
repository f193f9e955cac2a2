import type {
  DestinationPolicy,
  ForwardAction,
  HeaderOperations,
  MirrorPolicy,
  RedirectAction,
  RespondAction,
  RewritePolicy,
} from "@intramesh/core";
import type {
  Destination,
  HttpRedirect,
  HttpRewrite,
  HttpRoute,
  HttpRouteDestination,
} from "../spec/virtual-service.ts";
import { decodeBase64Text } from "./base64-text.ts";
import type { RouteContext } from "./route-context.ts";
import { authorityOf, joinSteps, translateOperations } from "./translate-headers.ts";

/** Status of a redirect that names none. */
const movedPermanently = 301;

/** What a rule does. Redirect comes before a direct response, and that before forwarding, as in Istio's code. */
export function translateAction(
  route: HttpRoute,
  context: RouteContext,
): ForwardAction | RedirectAction | RespondAction {
  if (route.redirect !== undefined) return translateRedirect(route.redirect);
  if (route.directResponse === undefined) return translateForward(route, context);
  const { status, body } = route.directResponse;
  const text = body?.string ?? (body?.bytes === undefined ? undefined : decodeBase64Text(body.bytes));
  return { kind: "respond", status: status ?? 0, body: text ?? "" };
}

function translateRedirect(spec: HttpRedirect): RedirectAction {
  const code = spec.redirectCode ?? 0;
  return {
    kind: "redirect",
    uri: written(spec.uri),
    prefixRewrite: written(spec.prefixRewrite),
    authority: written(spec.authority),
    scheme: written(spec.scheme),
    port: spec.port || undefined,
    derivePort: spec.derivePort,
    status: code === 0 ? movedPermanently : code,
  };
}

function translateForward(route: HttpRoute, context: RouteContext): ForwardAction {
  const written = route.route ?? [];
  const isSingle = written.length === 1;
  const weighted = isSingle ? written : written.filter(({ weight }) => (weight ?? 0) > 0);
  const sum = weighted.reduce((total, { weight }) => total + (weight ?? 0), 0);
  const routeRequest = translateOperations(route.headers?.request);
  const routeResponse = translateOperations(route.headers?.response);
  const routeAuthority = route.rewrite?.authority || authorityOf(routeRequest);
  return {
    kind: "forward",
    destinations: weighted.map((destination) => {
      const percent = isSingle ? 100 : ((destination.weight ?? 0) * 100) / sum;
      const level = { routeRequest, routeResponse, routeAuthority, isSingle, percent };
      return translateDestination(destination, level, context);
    }),
    rewrite: translateRewrite(route.rewrite),
    mirrors: translateMirrors(route, context),
  };
}

/** What the route says above its destinations. */
interface RouteLevel {
  readonly routeRequest: HeaderOperations;
  readonly routeResponse: HeaderOperations;
  readonly routeAuthority: string | undefined;
  readonly isSingle: boolean;
  readonly percent: number;
}

function translateDestination(spec: HttpRouteDestination, level: RouteLevel, context: RouteContext): DestinationPolicy {
  const requestHeaders = translateOperations(spec.headers?.request);
  const responseHeaders = translateOperations(spec.headers?.response);
  return {
    ...translateTarget(spec.destination, context),
    weight: spec.weight ?? 0,
    percent: level.percent,
    requestHeaders,
    responseHeaders,
    requestSteps: joinSteps(level.routeRequest, requestHeaders, level.isSingle),
    responseSteps: joinSteps(level.routeResponse, responseHeaders, level.isSingle),
    authority: level.routeAuthority ?? authorityOf(requestHeaders),
  };
}

function translateTarget(
  spec: Destination | undefined,
  context: RouteContext,
): Pick<DestinationPolicy, "host" | "port" | "subset"> {
  const host = spec?.host ?? "";
  const port = spec?.port?.number || undefined;
  return { host, port: port ?? context.fixedPort(host), subset: written(spec?.subset) };
}

function translateRewrite(spec: HttpRewrite | undefined): RewritePolicy | undefined {
  if (written(spec?.uri) !== undefined) return { kind: "uri", uri: spec?.uri ?? "" };
  const regex = spec?.uriRegexRewrite;
  if (regex?.match === undefined) return undefined;
  return { kind: "regex", match: regex.match, rewrite: regex.rewrite ?? "" };
}

function translateMirrors(route: HttpRoute, context: RouteContext): readonly MirrorPolicy[] {
  const mirrors: MirrorPolicy[] = [];
  if (route.mirror !== undefined) {
    const percentage = route.mirrorPercentage === undefined ? undefined : (route.mirrorPercentage.value ?? 0);
    const percent = percentage ?? route.mirrorPercent ?? 100;
    mirrors.push({ ...translateTarget(route.mirror, context), percent });
  }
  for (const { destination, percentage } of route.mirrors ?? []) {
    mirrors.push({
      ...translateTarget(destination, context),
      percent: percentage === undefined ? 100 : (percentage.value ?? 0),
    });
  }
  return mirrors.filter(({ percent }) => percent > 0);
}

/** Protobuf knows no difference between an empty text and none. */
function written(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
