import { networking, service, workload } from "../resources.ts";
import { type AnalysisCase, gateway, instance, other, reviews, rule, server } from "./analysis-case.ts";

const tls = (more: object): object => ({ port: { number: 443, name: "https", protocol: "HTTPS" }, tls: more });
const secured = (name: string, more: object, spec: object = {}): ReturnType<typeof gateway> =>
  gateway(name, { servers: [server(tls({ mode: "SIMPLE", ...more }))], ...spec });
const entry = (name: string, port: object, more: object = {}): ReturnType<typeof networking> =>
  networking("ServiceEntry", name, {
    hosts: ["db.example.com"],
    ports: [{ number: 5432, name: "db", ...port }],
    ...more,
  });
const ingress = workload("ingress", { address: "10.1.0.1", labels: { istio: "ingress", app: "ingress" } });
const ejecting = { outlierDetection: { consecutive5xxErrors: 5 } };

/** Faults of DestinationRules, Gateways, services and instances. */
export const trafficCases: readonly AnalysisCase[] = [
  {
    name: "services that use one port with two protocols",
    code: "IST0116",
    found: [
      other("v1", "Service", "a", { selector: { app: "reviews" }, ports: [{ port: 53, protocol: "UDP" }] }),
      other("v1", "Service", "b", { selector: { app: "reviews" }, ports: [{ port: 53, protocol: "TCP" }] }),
      instance("v1"),
    ],
    at: ["WorkloadEntry default/reviews-v1 "],
    clean: [
      other("v1", "Service", "a", { selector: { app: "reviews" }, ports: [{ port: 53, protocol: "TCP" }] }),
      other("v1", "Service", "b", { selector: { app: "reviews" }, ports: [{ port: 53 }] }),
      instance("v1"),
    ],
  },
  {
    name: "ports whose names tell no protocol",
    code: "IST0118",
    found: [service("reviews", { name: "web", port: 80 }, { port: 81 }, { name: "http-a", port: 82 })],
    at: ["Service default/reviews spec.ports[0].name", "Service default/reviews spec.ports[1].name"],
    clean: [
      service("reviews", { name: "grpc-web", port: 80 }, { port: 3306 }, { name: "x", port: 82, appProtocol: "http" }),
    ],
  },
  {
    name: "TLS that trusts whoever answers",
    code: "IST0128",
    found: [
      rule("reviews", { trafficPolicy: { tls: { mode: "SIMPLE", credentialName: "x" } } }),
      rule("other", { trafficPolicy: { tls: { mode: "MUTUAL" } } }),
    ],
    at: [
      "DestinationRule default/other spec.trafficPolicy.tls",
      "DestinationRule default/reviews spec.trafficPolicy.tls",
    ],
    clean: [
      rule("a", { trafficPolicy: { tls: { mode: "SIMPLE", caCertificates: "/ca.pem" } } }),
      rule("b", { trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } }),
      rule("c", { workloadSelector: {}, trafficPolicy: { tls: { mode: "SIMPLE", credentialName: "x" } } }),
    ],
  },
  {
    name: "the same on a port",
    code: "IST0129",
    found: [
      rule("reviews", { trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: "SIMPLE" } }] } }),
    ],
    at: ["DestinationRule default/reviews spec.trafficPolicy.portLevelSettings[0].tls"],
    clean: [
      rule("reviews", { trafficPolicy: { portLevelSettings: [{ port: { number: 443 }, tls: { mode: "DISABLE" } }] } }),
    ],
  },
  {
    name: "TCP to hosts without addresses",
    code: "IST0134",
    found: [entry("a", { protocol: "TCP" }), entry("b", {})],
    at: ["ServiceEntry default/a spec.ports[0]", "ServiceEntry default/b spec.ports[0]"],
    clean: [entry("a", { protocol: "TCP" }, { addresses: ["192.0.2.1"] }), entry("b", { protocol: "HTTP" })],
  },
  {
    name: "one port of a workload behind two ports",
    code: "IST0137",
    found: [
      other("v1", "Service", "a", { selector: { app: "reviews" }, ports: [{ port: 80, targetPort: 9080 }] }),
      other("v1", "Service", "b", { selector: { app: "reviews" }, ports: [{ port: 9080 }] }),
      instance("v1"),
      instance("v2"),
    ],
    at: ["WorkloadEntry default/reviews-v1 "],
    clean: [
      other("v1", "Service", "a", { selector: { app: "reviews" }, ports: [{ port: 80, targetPort: 9080 }] }),
      other("v1", "Service", "b", { selector: { app: "ratings" }, ports: [{ port: 9080 }] }),
      instance("v1"),
    ],
  },
  {
    name: "one certificate on two Gateways",
    code: "IST0138",
    found: [secured("a", { credentialName: "shop" }), secured("other/b", { credentialName: "shop" })],
    at: ["Gateway default/a spec.servers[0].tls", "Gateway other/b spec.servers[0].tls"],
    clean: [
      secured("a", { credentialName: "shop" }),
      secured("b", { credentialName: "blog" }),
      secured("c", { credentialName: "shop" }, { selector: { istio: "other" } }),
    ],
  },
  {
    name: "a loopback address in a mesh of several hosts",
    code: "IST0143",
    found: [instance("v1"), workload("near", { address: "127.0.0.1" })],
    at: ["WorkloadEntry default/near spec.address"],
    clean: [workload("near", { address: "127.0.0.1" }), workload("too", { address: "127.0.0.2" })],
  },
  {
    name: "one host on one port of two Gateways",
    code: "IST0145",
    found: [
      gateway("a", { servers: [server({ hosts: ["a.example.com", "b.example.com"] })] }),
      gateway("b", { servers: [server({ bind: "10.0.0.1" }), server({ hosts: ["b.example.com"] })] }),
    ],
    at: ["Gateway default/a spec.servers[0]", "Gateway default/b spec.servers[1]"],
    clean: [
      gateway("a"),
      gateway("b", { servers: [server({ port: { number: 81 } })] }),
      gateway("c", { selector: { istio: "other" } }),
    ],
  },
  {
    name: "the same where a workload is selected by both",
    code: "IST0145",
    found: [ingress, gateway("a"), gateway("b", { selector: { app: "ingress" } })],
    at: ["Gateway default/a spec.servers[0]", "Gateway default/b spec.servers[0]"],
    clean: [gateway("a"), gateway("b", { selector: { app: "ingress" } })],
  },
  {
    name: "an ExternalName service that is TCP",
    code: "IST0150",
    found: [other("v1", "Service", "db", { type: "ExternalName", ports: [{ name: "tcp", port: 80 }, { port: 81 }] })],
    at: ["Service default/db spec.ports[0].name", "Service default/db spec.ports[1].name"],
    clean: [other("v1", "Service", "db", { type: "ExternalName", ports: [{ name: "http", port: 80 }] })],
  },
  {
    name: "a Gateway's port that its Service has not",
    code: "IST0162",
    found: [
      ingress,
      other("v1", "Service", "ingress", { selector: { app: "ingress" }, ports: [{ port: 8080 }] }),
      gateway("edge"),
    ],
    at: ["Gateway default/edge spec.servers[0].port.number"],
    clean: [
      ingress,
      other("v1", "Service", "ingress", { selector: { app: "ingress" }, ports: [{ port: 8080, targetPort: 80 }] }),
      gateway("edge"),
    ],
  },
  {
    name: "a Gateway that nobody runs",
    code: "IST0127",
    found: [ingress, gateway("edge", { selector: { app: "egress" } })],
    at: ["Gateway default/edge spec.selector"],
    clean: [ingress, gateway("edge"), gateway("everywhere", { selector: {} })],
  },
  {
    name: "rules that an older one takes over",
    code: "IST0167",
    found: [
      rule("a", { trafficPolicy: { loadBalancer: { simple: "RANDOM" } }, subsets: [{ name: "v1" }] }),
      rule("b", {
        trafficPolicy: { loadBalancer: { simple: "ROUND_ROBIN" } },
        subsets: [{ name: "v2" }, { name: "v1" }],
      }),
      rule("empty", { host: "ratings" }),
    ],
    at: [
      "DestinationRule default/b spec.subsets[1]",
      "DestinationRule default/b spec.trafficPolicy",
      "DestinationRule default/empty spec",
    ],
    clean: [
      rule("a", { trafficPolicy: { loadBalancer: { simple: "RANDOM" } } }),
      rule("b", { trafficPolicy: { loadBalancer: { simple: "RANDOM" } }, exportTo: ["."] }),
      rule("c", { subsets: [{ name: "v1" }] }),
    ],
  },
  {
    name: "outlier detection that may eject nobody",
    code: "IST0167",
    found: [reviews, instance("v1"), instance("v2"), rule("reviews", { trafficPolicy: ejecting })],
    at: ["DestinationRule default/reviews spec.trafficPolicy.outlierDetection"],
    clean: [
      reviews,
      instance("v1"),
      instance("v2"),
      rule("reviews", { trafficPolicy: { outlierDetection: { maxEjectionPercent: 50 } } }),
    ],
  },
  {
    name: "a subset without instances",
    code: "IST0173",
    found: [
      reviews,
      instance("v1"),
      rule("reviews", {
        subsets: [
          { name: "v1", labels: { version: "v1" } },
          { name: "v2", labels: { version: "v2" } },
        ],
      }),
    ],
    at: ["DestinationRule default/reviews spec.subsets[1]"],
    clean: [
      reviews,
      instance("v1"),
      rule("reviews", { subsets: [{ name: "v1", labels: { version: "v1" } }, { name: "all" }] }),
    ],
  },
  {
    name: "a rule about a host that nobody declares",
    code: "IST0174",
    found: [reviews, rule("nobody", { host: "nobody" }), rule("wide", { host: "*.example.com" })],
    at: ["DestinationRule default/nobody spec.host", "DestinationRule default/wide spec.host"],
    clean: [reviews, rule("reviews", {}), rule("wide", { host: "*.default.svc.cluster.local" })],
  },
  {
    name: "one host and port with two protocols",
    code: "IST0177",
    found: [entry("a", { protocol: "HTTP" }), entry("b", { protocol: "TCP" })],
    at: ["ServiceEntry default/a spec.ports[0].protocol", "ServiceEntry default/b spec.ports[0].protocol"],
    clean: [
      entry("a", { protocol: "HTTP" }),
      entry("b", { protocol: "http" }),
      entry("other/c", { protocol: "TCP" }, { hosts: ["other.example.com"] }),
    ],
  },
];
