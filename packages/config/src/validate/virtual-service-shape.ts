import type {
  Destination,
  HttpMatchRequest,
  HttpRetry,
  HttpRoute,
  HttpRouteDestination,
  L4Destination,
  L4Match,
  PercentSpec,
  TcpRoute,
  TlsMatch,
  TlsRoute,
  VirtualServiceSpec,
} from "../spec/virtual-service.ts";
import { fields, flag, integer, listOf, mapOf, number, oneOf, type Shape, text } from "./shape.ts";
import { stringMatchShape } from "./string-match.ts";

const percent: Shape<PercentSpec> = fields<PercentSpec>({ value: number });

const destination: Shape<Destination> = fields<Destination>({
  host: text,
  subset: text,
  port: fields({ number: integer }),
});

const operations = fields({ set: mapOf(text), add: mapOf(text), remove: listOf(text) });
const headers = fields({ request: operations, response: operations });

const match: Shape<HttpMatchRequest> = fields<HttpMatchRequest>({
  name: text,
  uri: stringMatchShape,
  scheme: stringMatchShape,
  method: stringMatchShape,
  authority: stringMatchShape,
  headers: mapOf(stringMatchShape),
  withoutHeaders: mapOf(stringMatchShape),
  queryParams: mapOf(stringMatchShape),
  port: integer,
  sourceLabels: mapOf(text),
  gateways: listOf(text),
  ignoreUriCase: flag,
  sourceNamespace: text,
  statPrefix: text,
});

const routeDestination: Shape<HttpRouteDestination> = fields<HttpRouteDestination>({
  destination,
  weight: integer,
  headers,
});

/** Form of a retry policy; a MeshConfig has one too. */
export const retriesShape: Shape<HttpRetry> = fields<HttpRetry>({
  attempts: integer,
  perTryTimeout: text,
  retryOn: text,
  retryRemoteLocalities: flag,
  retryIgnorePreviousHosts: flag,
  backoff: text,
});

const httpRoute: Shape<HttpRoute> = fields<HttpRoute>({
  name: text,
  match: listOf(match),
  route: listOf(routeDestination),
  redirect: fields({
    uri: text,
    prefixRewrite: text,
    authority: text,
    port: integer,
    derivePort: oneOf("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"),
    scheme: text,
    redirectCode: integer,
  }),
  directResponse: fields({ status: integer, body: fields({ string: text, bytes: text }) }),
  delegate: fields({ name: text, namespace: text }),
  rewrite: fields({ uri: text, authority: text, uriRegexRewrite: fields({ match: text, rewrite: text }) }),
  timeout: text,
  retries: retriesShape,
  fault: fields({
    delay: fields({ percent: integer, percentage: percent, fixedDelay: text, exponentialDelay: text }),
    abort: fields({ httpStatus: integer, grpcStatus: text, http2Error: text, percentage: percent }),
  }),
  mirror: destination,
  mirrorPercent: integer,
  mirrorPercentage: percent,
  mirrors: listOf(fields({ destination, percentage: percent })),
  corsPolicy: fields({
    allowOrigin: listOf(text),
    allowOrigins: listOf(stringMatchShape),
    allowMethods: listOf(text),
    allowHeaders: listOf(text),
    exposeHeaders: listOf(text),
    maxAge: text,
    allowCredentials: flag,
    unmatchedPreflights: oneOf("UNSPECIFIED", "FORWARD", "IGNORE"),
  }),
  headers,
});

const l4Route: Shape<readonly L4Destination[]> = listOf(fields<L4Destination>({ destination, weight: integer }));

const tcpRoute: Shape<TcpRoute> = fields<TcpRoute>({
  match: listOf(
    fields<L4Match>({
      destinationSubnets: listOf(text),
      port: integer,
      sourceSubnet: text,
      sourceLabels: mapOf(text),
      gateways: listOf(text),
      sourceNamespace: text,
    }),
  ),
  route: l4Route,
});

const tlsRoute: Shape<TlsRoute> = fields<TlsRoute>({
  match: listOf(
    fields<TlsMatch>({
      sniHosts: listOf(text),
      destinationSubnets: listOf(text),
      port: integer,
      sourceLabels: mapOf(text),
      gateways: listOf(text),
      sourceNamespace: text,
    }),
  ),
  route: l4Route,
});

/** Form of a VirtualService's spec. */
export const virtualServiceShape: Shape<VirtualServiceSpec> = fields<VirtualServiceSpec>({
  hosts: listOf(text),
  gateways: listOf(text),
  http: listOf(httpRoute),
  tls: listOf(tlsRoute),
  tcp: listOf(tcpRoute),
  exportTo: listOf(text),
});
