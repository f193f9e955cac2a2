import { duration, flag, honoured, int32, object, oneOf, uint32, validated } from "./build-schema.ts";
import type { ObjectSchema } from "./field-schema.ts";

const idleConnections =
  "Envoy keeps one for an hour where nothing is written, which meets servers that hang up sooner.";

const keepalive: ObjectSchema = object("TcpKeepaliveSpec", "Probes of idle connections. Seconds are rounded up.", {
  probes: honoured(uint32(), "Probes without an answer before a connection is given up.", {
    default: "9",
    differs: "Node before 24.19 always sends 10.",
  }),
  time: honoured(duration, "Idle time before the first probe.", { default: "2h" }),
  interval: honoured(duration, "Time between probes.", {
    default: "75s",
    differs: "Node before 24.19 always takes 1s.",
  }),
});

const tcp: ObjectSchema = object("TcpPoolSpec", "Connections.", {
  maxConnections: honoured(int32(0), "Connections to all endpoints together; 0 is no limit. Requests above it wait.", {
    default: "no limit",
  }),
  connectTimeout: honoured(duration, "Time for a connection to come up, at least 1ms; then flag `UF`.", {
    default: "10s",
  }),
  tcpKeepalive: honoured(keepalive, "Probes of idle connections.", {
    default: "a first probe after a minute",
    differs: "Envoy sends none without it.",
  }),
  maxConnectionDuration: honoured(duration, "Age at which a connection is closed, at least 1ms.", { default: "none" }),
  idleTimeout: honoured(duration, "Idle time after which a connection is closed, where `http.idleTimeout` is silent.", {
    default: "4s, or what the server announces",
    differs: idleConnections,
  }),
});

const http2KeepAlive: ObjectSchema = object("Http2KeepAliveSpec", "Pings on HTTP/2 connections.", {
  interval: validated(duration, "Time between pings."),
  timeout: validated(duration, "Time to wait for the answer."),
});

const http: ObjectSchema = object(
  "HttpPoolSpec",
  "Requests. Limits count over all endpoints of host, port and subset.",
  {
    http1MaxPendingRequests: honoured(
      int32(0),
      "Requests that wait for a connection; 0 is no limit. Above it 503 with flag `UO`.",
      { default: "no limit" },
    ),
    http2MaxRequests: honoured(
      int32(0),
      "Requests under way, of HTTP/1.1 too; 0 is no limit. Above it 503 with flag `UO`.",
      { default: "no limit" },
    ),
    maxRequestsPerConnection: honoured(int32(0), "Requests before a connection is closed; 1 is no keep-alive.", {
      default: "no limit",
      differs: "Above 1 it holds on average: requests are counted by endpoint.",
    }),
    maxRetries: honoured(int32(0), "Retries under way; 0 is no limit. Above it no retry, flag `UO` is added.", {
      default: "no limit",
    }),
    idleTimeout: honoured(duration, "Idle time after which a connection is closed.", {
      default: "4s, or what the server announces",
      differs: idleConnections,
    }),
    h2UpgradePolicy: validated(oneOf("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"), "Whether HTTP/1.1 goes out as HTTP/2.", {
      default: "DEFAULT",
      differs: "Requests go out as HTTP/1.1.",
    }),
    useClientProtocol: validated(flag, "Goes out in the protocol that the caller used.", { default: "false" }),
    maxConcurrentStreams: validated(int32(0), "Streams on one HTTP/2 connection.", {
      differs: "Requests go out as HTTP/1.1.",
    }),
    http2KeepAlive: validated(http2KeepAlive, "Pings on HTTP/2 connections.", {
      differs: "Requests go out as HTTP/1.1.",
    }),
  },
);

export const connectionPool: ObjectSchema = object("ConnectionPoolSpec", "Limits, by connections and by requests.", {
  tcp: honoured(tcp, "Connections."),
  http: honoured(http, "Requests."),
});
