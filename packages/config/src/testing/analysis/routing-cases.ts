import { networking, service } from "../resources.ts";
import {
  type AnalysisCase,
  gateway,
  other,
  reviews,
  rule,
  security,
  server,
  to,
  virtualService,
} from "./analysis-case.ts";

const subsets = rule("reviews", { subsets: [{ name: "v1", labels: { version: "v1" } }] });
const twoPorts = service("reviews", { name: "http", port: 9080 }, { name: "http-admin", port: 9090 });
const byGateway = { gateways: ["edge"], hosts: ["shop.example.com"] };
const byClaim = { match: [{ headers: { "@request.auth.claims.role": { exact: "admin" } } }] };
const resilience = (spec: object): ReturnType<typeof other> =>
  other("resilience.intramesh.io/v1alpha1", "ResiliencePolicy", "reviews", spec);

/** Faults of VirtualServices, and of what they name. */
export const routingCases: readonly AnalysisCase[] = [
  {
    name: "a destination that nobody declares",
    code: "IST0101",
    found: [reviews, virtualService("reviews", { http: [{ route: [to("reviews"), to("nobody")] }] })],
    at: ["VirtualService default/reviews spec.http[0].route[1].destination.host"],
    clean: [reviews, virtualService("reviews", {})],
  },
  {
    name: "a name with a dot, which is not completed",
    code: "IST0101",
    found: [reviews, virtualService("other/reviews", { http: [{ route: [to("reviews.default")] }] })],
    at: ["VirtualService other/reviews spec.http[0].route[0].destination.host"],
    clean: [reviews, virtualService("other/reviews", { http: [{ route: [to("reviews.default.svc.cluster.local")] }] })],
  },
  {
    name: "a mirror that nobody declares",
    code: "IST0101",
    found: [
      reviews,
      virtualService("a", { http: [{ route: [to("reviews")], mirror: { host: "nobody" } }] }),
      virtualService("b", { http: [{ route: [to("reviews")], mirrors: [to("nobody")] }] }),
    ],
    at: [
      "VirtualService default/a spec.http[0].mirror.host",
      "VirtualService default/b spec.http[0].mirrors[0].destination.host",
    ],
    clean: [reviews, virtualService("a", { http: [{ route: [to("reviews")], mirror: { host: "reviews" } }] })],
  },
  {
    name: "a host that another namespace keeps to itself",
    code: "IST0101",
    found: [
      networking("ServiceEntry", "other/own", {
        hosts: ["own.example.com"],
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
        exportTo: ["."],
      }),
      reviews,
      virtualService("reviews", { http: [{ route: [to("own.example.com")] }] }),
    ],
    at: ["VirtualService default/reviews spec.http[0].route[0].destination.host"],
    clean: [
      networking("ServiceEntry", "other/all", {
        hosts: ["*.example.com"],
        ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      }),
      virtualService("reviews", { http: [{ route: [to("own.example.com")] }] }),
    ],
  },
  {
    name: "a port that the host has not",
    code: "IST0101",
    found: [reviews, virtualService("reviews", { tcp: [{ route: [to("reviews", { port: { number: 9090 } })] }] })],
    at: ["VirtualService default/reviews spec.tcp[0].route[0].destination.port.number"],
    clean: [reviews, virtualService("reviews", { http: [{ route: [to("reviews", { port: { number: 9080 } })] }] })],
  },
  {
    name: "a subset that no rule has",
    code: "IST0101",
    found: [reviews, subsets, virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v2" })] }] })],
    at: ["VirtualService default/reviews spec.http[0].route[0].destination.subset"],
    clean: [reviews, subsets, virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v1" })] }] })],
  },
  {
    name: "a Gateway that does not exist",
    code: "IST0101",
    found: [
      gateway("edge"),
      virtualService("shop", {
        gateways: ["edge", "other/edge"],
        http: [{ match: [{ gateways: ["lost"] }], route: [to("reviews")] }],
      }),
    ],
    at: [
      "VirtualService default/shop spec.gateways[1]",
      "VirtualService default/shop spec.http[0].match[0].gateways[0]",
    ],
    clean: [
      gateway("other/edge"),
      virtualService("shop", { gateways: ["mesh", "other/edge"], hosts: ["*.example.com"] }),
    ],
  },
  {
    name: "a delegate that does not exist",
    code: "IST0101",
    found: [
      virtualService("a", { http: [{ delegate: { name: "team" } }] }),
      virtualService("other/team", { hosts: [] }),
    ],
    at: ["VirtualService default/a spec.http[0].delegate"],
    clean: [
      virtualService("a", { http: [{ delegate: { name: "team", namespace: "other" } }] }),
      virtualService("other/team", { hosts: [] }),
    ],
  },
  {
    name: "a policy for a host that nobody declares",
    code: "IST0101",
    found: [reviews, resilience({ host: "nobody", fallback: { destination: { host: "reviews", subset: "v9" } } })],
    at: [
      "ResiliencePolicy default/reviews spec.fallback.destination.subset",
      "ResiliencePolicy default/reviews spec.host",
    ],
    clean: [reviews, subsets, resilience({ host: "reviews", subset: "v1" })],
  },
  {
    name: "a host of two VirtualServices",
    code: "IST0109",
    found: [
      virtualService("a", { hosts: ["ratings", "reviews"] }),
      virtualService("b", { hosts: ["reviews.default.svc.cluster.local"] }),
    ],
    at: ["VirtualService default/a spec.hosts[1]", "VirtualService default/b spec.hosts[0]"],
    clean: [
      virtualService("a", { hosts: ["reviews"] }),
      virtualService("b", { hosts: ["reviews"], gateways: ["edge"] }),
    ],
  },
  {
    name: "a private host that is also public",
    code: "IST0109",
    found: [
      virtualService("a", { hosts: ["x.example.com"], exportTo: ["."] }),
      virtualService("other/b", { hosts: ["x.example.com"] }),
    ],
    at: ["VirtualService default/a spec.hosts[0]", "VirtualService other/b spec.hosts[0]"],
    clean: [
      virtualService("a", { hosts: ["x.example.com"], exportTo: ["."] }),
      virtualService("other/b", { hosts: ["x.example.com"], exportTo: ["."] }),
    ],
  },
  {
    name: "several ports and none named",
    code: "IST0112",
    found: [twoPorts, virtualService("reviews", {})],
    at: ["VirtualService default/reviews spec.http[0].route[0].destination"],
    clean: [twoPorts, virtualService("reviews", { http: [{ route: [to("reviews", { port: { number: 9090 } })] }] })],
  },
  {
    name: "connections behind a rule that takes all",
    code: "IST0130",
    found: [
      virtualService("db", {
        http: [],
        tcp: [{ route: [to("reviews")] }, { match: [{ port: 1 }], route: [to("reviews")] }],
      }),
      virtualService("web", {
        http: [],
        tls: [
          { match: [{ port: 443, sniHosts: ["a.b"] }], route: [to("reviews")] },
          { match: [{ sniHosts: ["a.b"], port: 443 }], route: [to("reviews")] },
        ],
      }),
    ],
    at: ["VirtualService default/db spec.tcp[1]", "VirtualService default/web spec.tls[1]"],
    clean: [
      virtualService("db", {
        http: [],
        tcp: [{ match: [{ port: 1 }], route: [to("reviews")] }, { route: [to("reviews")] }],
      }),
    ],
  },
  {
    name: "a match that stands twice",
    code: "IST0131",
    found: [
      virtualService("db", {
        http: [
          {
            match: [{ uri: { prefix: "/a" } }, { uri: { exact: "/a/b" }, method: { exact: "GET" } }],
            route: [to("reviews")],
          },
          { match: [{ uri: { prefix: "/a" } }], route: [to("reviews")] },
          { route: [to("reviews")] },
          { match: [{ uri: { prefix: "/a" } }], route: [to("reviews")] },
        ],
        tcp: [{ match: [{ port: 1 }, { port: 2 }, { port: 1 }], route: [to("reviews")] }],
      }),
    ],
    at: [
      "VirtualService default/db spec.http[0].match[1]",
      "VirtualService default/db spec.http[1].match[0]",
      "VirtualService default/db spec.tcp[0].match[2]",
    ],
    clean: [
      virtualService("db", {
        http: [
          {
            match: [{ uri: { exact: "/a" }, method: { exact: "GET" } }, { uri: { prefix: "/a" } }],
            route: [to("reviews")],
          },
        ],
        tcp: [{ match: [{ port: 1 }, { port: 2 }], route: [to("reviews")] }],
      }),
    ],
  },
  {
    name: "a host that the Gateway has not",
    code: "IST0132",
    found: [
      gateway("edge", { servers: [server({ hosts: ["a.example.com", "other/*"] })] }),
      virtualService("shop", byGateway),
    ],
    at: ["VirtualService default/shop spec.gateways[0]"],
    clean: [gateway("edge", { servers: [server({ hosts: ["./*.example.com"] })] }), virtualService("shop", byGateway)],
  },
  {
    name: "subsets that requests through a Gateway do not see",
    code: "IST0140",
    found: [
      virtualService("shop", byGateway),
      virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v1" })] }] }),
    ],
    at: ["VirtualService default/shop spec.http[0].route[0].destination"],
    clean: [
      virtualService("shop", { ...byGateway, http: [{ route: [to("reviews", { subset: "v1" })] }] }),
      virtualService("reviews", { http: [{ route: [to("reviews", { subset: "v1" })] }] }),
    ],
  },
  {
    name: "claims that nobody checks",
    code: "IST0149",
    found: [gateway("edge"), virtualService("shop", { ...byGateway, http: [{ ...byClaim, route: [to("reviews")] }] })],
    at: ["VirtualService default/shop spec.http[0].match[0].headers[@request.auth.claims.role]"],
    clean: [
      gateway("edge"),
      security("RequestAuthentication", "istio-system/edge", { selector: { matchLabels: { istio: "ingress" } } }),
      virtualService("shop", { ...byGateway, http: [{ ...byClaim, route: [to("reviews")] }] }),
    ],
  },
  {
    name: "a delegate that is none",
    code: "IST0167",
    found: [virtualService("a", { http: [{ delegate: { name: "b" } }] }), virtualService("b", {})],
    at: ["VirtualService default/a spec.http[0].delegate"],
    clean: [virtualService("a", { http: [{ delegate: { name: "b" } }] }), virtualService("b", { hosts: [] })],
  },
  {
    name: "a try that may last longer than all of them",
    code: "IST0167",
    found: [
      virtualService("a", {
        http: [{ route: [to("reviews")], timeout: "1s", retries: { attempts: 2, perTryTimeout: "1000ms" } }],
      }),
    ],
    at: ["VirtualService default/a spec.http[0].retries.perTryTimeout"],
    clean: [
      virtualService("a", {
        http: [{ route: [to("reviews")], timeout: "1s", retries: { attempts: 2, perTryTimeout: "400ms" } }],
      }),
    ],
  },
];
