import {
  duration,
  flag,
  honoured,
  int32,
  integer,
  listOf,
  object,
  oneOf,
  percentage,
  port,
  refused,
  text,
  uint32,
  validated,
} from "./build-schema.ts";
import { connectionPool } from "./connection-pool.ts";
import { portSelector } from "./destination.ts";
import type { ObjectSchema } from "./field-schema.ts";
import { loadBalancer } from "./load-balancer.ts";

/** When endpoints are left out; a MeshConfig has one too. */
export const outlierDetection: ObjectSchema = object(
  "OutlierDetectionSpec",
  "Sends nothing to endpoints that fail, for a while.",
  {
    consecutiveErrors: validated(int32(), "Ignored, in Istio too.", { deprecated: "consecutive5xxErrors" }),
    splitExternalLocalOriginErrors: honoured(flag, "Counts failures to reach an endpoint apart from its answers.", {
      default: "false",
    }),
    consecutiveLocalOriginFailures: honoured(
      uint32(),
      "Failures in a row to reach an endpoint. Needs `splitExternalLocalOriginErrors`.",
      { default: "5 where split" },
    ),
    consecutiveGatewayErrors: honoured(uint32(), "Answers 502, 503 and 504 in a row; 0 is off.", { default: "off" }),
    consecutive5xxErrors: honoured(uint32(), "Answers 5xx in a row; 0 is off.", { default: "5" }),
    interval: honoured(duration, "Time between two looks at who may return, at least 1ms.", { default: "10s" }),
    baseEjectionTime: honoured(duration, "Time out for the first ejection; the n-th lasts n times as long.", {
      default: "30s",
    }),
    maxEjectionPercent: honoured(
      integer(0, 100),
      "Share of the endpoints that may be out at once; 0 is 10. At 10 and fewer than ten endpoints none ever is.",
      { default: "10" },
    ),
    minHealthPercent: honoured(integer(0, 100), "Share of healthy endpoints below which health is not looked at.", {
      default: "0",
    }),
    outlierDetectionHttpErrorCodes: honoured(listOf(integer(100, 599)), "Statuses that count in place of 5xx.", {
      default: "every 5xx",
    }),
  },
);

const tls: ObjectSchema = object("ClientTlsSpec", "TLS to the endpoints.", {
  mode: honoured(
    oneOf("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"),
    "DISABLE sends in the clear, SIMPLE speaks TLS. MUTUAL and ISTIO_MUTUAL are refused: calls get 503.",
    { default: "DISABLE", differs: "A process has no certificate of its own: mutual TLS is refused, not downgraded." },
  ),
  clientCertificate: validated(text, "File of the certificate to show. MUTUAL only."),
  privateKey: validated(text, "File of its key. MUTUAL only."),
  caCertificates: validated(text, "File of the authorities to trust.", {
    differs: "Node's own authorities are trusted.",
  }),
  credentialName: validated(text, "Secret that holds certificate and key.", { differs: "There are no secrets." }),
  subjectAltNames: validated(listOf(text), "Names, one of which the endpoint's certificate has.", {
    differs: "The certificate is checked for the host that is called.",
  }),
  sni: validated(text, "Server name to ask for.", { differs: "The host that is called is asked for." }),
  insecureSkipVerify: validated(flag, "Takes any certificate.", {
    default: "false",
    differs: "Certificates are always checked.",
  }),
  caCrl: validated(text, "File of certificates that are revoked."),
});

const tunnel: ObjectSchema = object("TunnelSpec", "Sends through a proxy's tunnel.", {
  protocol: refused(oneOf("CONNECT", "POST"), "Method that opens the tunnel.", { default: "CONNECT" }),
  targetHost: refused(text, "The host behind the tunnel.", { required: true }),
  targetPort: refused(port, "Its port.", { required: true }),
});

const proxyProtocol: ObjectSchema = object("ProxyProtocolSpec", "Says the caller's address ahead of the request.", {
  version: refused(oneOf("V1", "V2"), "Version of the protocol.", { default: "V1" }),
});

const retryBudget: ObjectSchema = object(
  "TrafficPolicyRetryBudget",
  "Retries as a share of what is under way, in place of `maxRetries`.",
  {
    percent: honoured(percentage, "Share of the requests under way and waiting, 0 to 100 percent.", { default: "20" }),
    minRetryConcurrency: honoured(uint32(), "Retries that are always allowed at once.", { default: "3" }),
    budgetInterval: honoured(duration, "Time over which requests count.", { default: "what is under way now" }),
  },
);

const blocks: ObjectSchema = object("TrafficPolicyBlocks", "The four blocks that every level of a rule has.", {
  loadBalancer: honoured(loadBalancer, "How an endpoint is chosen.", { default: "LEAST_REQUEST" }),
  connectionPool: honoured(connectionPool, "Limits of connections and requests.", { default: "none" }),
  outlierDetection: honoured(outlierDetection, "Sends nothing to endpoints that fail.", { default: "none" }),
  tls: honoured(tls, "TLS to the endpoints.", { default: "in the clear", differs: "No automatic mutual TLS." }),
});

const portTrafficPolicy: ObjectSchema = object(
  "PortTrafficPolicy",
  "Settings of one port. They displace all four blocks of their level, those left out too.",
  { port: honoured(portSelector, "The port that they are for.", { required: true }) },
  blocks,
);

/** Of a rule or of a subset. */
export const trafficPolicy: ObjectSchema = object(
  "TrafficPolicy",
  "How endpoints are used. Levels displace each other block by block; inside a block nothing is merged.",
  {
    portLevelSettings: honoured(listOf(portTrafficPolicy), "Settings of single ports, at most 4096."),
    tunnel: refused(tunnel, "Sends through a proxy's tunnel. Calls to the host get 503.", {
      differs: "The library makes no tunnels; it does not go round them either.",
    }),
    proxyProtocol: refused(
      proxyProtocol,
      "Says the caller's address ahead of the request. Calls to the host get 503.",
      {
        differs: "The library does not speak it.",
      },
    ),
    retryBudget: honoured(retryBudget, "Retries as a share of what is under way."),
  },
  blocks,
);
