import { networking, type service } from "../resources.ts";
import { type AnalysisCase, instance, other, reviews, security, telemetry } from "./analysis-case.ts";

const sidecar = (name: string, labels?: object): ReturnType<typeof networking> =>
  networking("Sidecar", name, labels === undefined ? {} : { workloadSelector: { labels } });
const selecting = (labels: object): object => ({ selector: { matchLabels: labels } });
const marked = (annotations: object): ReturnType<typeof service> => ({
  ...reviews,
  metadata: { ...reviews.metadata, annotations: { ...annotations } },
});
const keysFrom = (...uris: readonly string[]): ReturnType<typeof security> =>
  security("RequestAuthentication", "a", { jwtRules: uris.map((jwksUri) => ({ issuer: "x", jwksUri })) });
const namespace = (name: string): ReturnType<typeof other> => other("v1", "Namespace", `default/${name}`, {});
const allow = (...namespaces: readonly string[]): ReturnType<typeof security> =>
  security("AuthorizationPolicy", "allow", { rules: [{ from: [{ source: { namespaces } }] }] });

/** Faults of policies, and of what stands around a spec. */
export const policyCases: readonly AnalysisCase[] = [
  {
    name: "a deprecated field",
    code: "IST0002",
    found: [networking("Sidecar", "a", { outboundTrafficPolicy: { egressProxy: { host: "x" } } })],
    at: ["Sidecar default/a spec.outboundTrafficPolicy.egressProxy"],
    clean: [networking("Sidecar", "a", { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } })],
  },
  {
    name: "a selector of nobody",
    code: "IST0101",
    found: [instance("v1"), sidecar("a", { app: "x" }), telemetry("b", selecting({ app: "x" }))],
    at: ["Sidecar default/a spec.workloadSelector.labels", "Telemetry default/b spec.selector.matchLabels"],
    clean: [instance("v1"), sidecar("a", { app: "reviews" }), telemetry("b", selecting({ app: "reviews" }))],
  },
  {
    name: "a namespace that does not exist",
    code: "IST0101",
    found: [namespace("default"), allow("lost", "def*", "*ult")],
    at: ["AuthorizationPolicy default/allow spec.rules[0].from[0].source.namespaces[0]"],
    clean: [allow("lost")],
  },
  {
    name: "an annotation on a kind that does not read it",
    code: "IST0107",
    found: [marked({ "proxy.istio.io/config": "{}" })],
    at: ["Service default/reviews metadata.annotations[proxy.istio.io/config]"],
    clean: [marked({ "networking.istio.io/exportTo": "*" })],
  },
  {
    name: "an annotation that Istio has not",
    code: "IST0108",
    found: [marked({ "networking.istio.io/export": "*" })],
    at: ["Service default/reviews metadata.annotations[networking.istio.io/export]"],
    clean: [marked({ "example.com/export": "*", "galley.istio.io/analyze-suppress": "IST0101" })],
  },
  {
    name: "a workload of two Sidecars",
    code: "IST0110",
    found: [instance("v1"), sidecar("a", { app: "reviews" }), sidecar("b", { version: "v1" })],
    at: ["Sidecar default/a spec.workloadSelector", "Sidecar default/b spec.workloadSelector"],
    clean: [instance("v1"), sidecar("a", { version: "v1" }), sidecar("b", { version: "v2" })],
  },
  {
    name: "two Sidecars for a namespace",
    code: "IST0111",
    found: [sidecar("a"), sidecar("b"), sidecar("other/c")],
    at: ["Sidecar default/a spec", "Sidecar default/b spec"],
    clean: [sidecar("a"), sidecar("b", { app: "x" })],
  },
  {
    name: "values that cannot be read",
    code: "IST0125",
    found: [marked({ "networking.istio.io/exportTo": "a, B_c", "intramesh.io/service-ports": "[" })],
    at: [
      "Service default/reviews metadata.annotations[intramesh.io/service-ports]",
      "Service default/reviews metadata.annotations[networking.istio.io/exportTo]",
    ],
    clean: [marked({ "networking.istio.io/exportTo": "., other", "intramesh.io/service-ports": '{"http":80}' })],
  },
  {
    name: "policies for nobody",
    code: "IST0127",
    found: [
      instance("v1"),
      security("AuthorizationPolicy", "a", selecting({ app: "x" })),
      security("PeerAuthentication", "other/b", {}),
    ],
    at: ["AuthorizationPolicy default/a spec.selector.matchLabels", "PeerAuthentication other/b "],
    clean: [
      instance("v1"),
      security("AuthorizationPolicy", "a", selecting({ app: "reviews" })),
      security("PeerAuthentication", "istio-system/b", {}),
      security("RequestAuthentication", "istio-system/c", selecting({ app: "reviews" })),
    ],
  },
  {
    name: "a deprecated annotation",
    code: "IST0135",
    found: [marked({ "alpha.istio.io/canonical-serviceaccounts": "x" })],
    at: ["Service default/reviews metadata.annotations[alpha.istio.io/canonical-serviceaccounts]"],
    clean: [marked({ "networking.istio.io/exportTo": "." })],
  },
  {
    name: "an annotation of an alpha feature",
    code: "IST0136",
    found: [marked({ "networking.istio.io/exportTo": "." })],
    at: ["Service default/reviews metadata.annotations[networking.istio.io/exportTo]"],
    clean: [marked({ "traffic.istio.io/nodeSelector": "{}" })],
  },
  {
    name: "access logs that go nowhere",
    code: "IST0157",
    found: [telemetry("a", { accessLogging: [{ disabled: true }, {}] })],
    at: ["Telemetry default/a spec.accessLogging[1]"],
    clean: [telemetry("a", { accessLogging: [{ providers: [{ name: "envoy" }] }] })],
  },
  {
    name: "two Telemetry resources with one selector",
    code: "IST0159",
    found: [telemetry("a", selecting({ app: "reviews" })), telemetry("b", selecting({ app: "reviews" }))],
    at: ["Telemetry default/a spec.selector", "Telemetry default/b spec.selector"],
    clean: [telemetry("a", selecting({ app: "reviews" })), telemetry("other/b", selecting({ app: "reviews" }))],
  },
  {
    name: "two Telemetry resources for a namespace",
    code: "IST0160",
    found: [telemetry("a", {}), telemetry("b", {})],
    at: ["Telemetry default/a spec", "Telemetry default/b spec"],
    clean: [telemetry("a", {}), telemetry("b", { targetRefs: [{ kind: "Service", name: "x" }] })],
  },
  {
    name: "a policy that an older one takes over",
    code: "IST0167",
    found: [
      {
        ...security("PeerAuthentication", "a", {}),
        metadata: { name: "a", creationTimestamp: "2026-02-01T00:00:00Z" },
      },
      {
        ...security("PeerAuthentication", "b", {}),
        metadata: { name: "b", creationTimestamp: "2026-01-01T00:00:00Z" },
      },
    ],
    at: ["PeerAuthentication default/a spec"],
    clean: [security("PeerAuthentication", "a", {}), security("PeerAuthentication", "b", selecting({ app: "x" }))],
  },
  {
    name: "a status that says no",
    code: "IST0171",
    found: [
      {
        ...reviews,
        status: {
          conditions: [
            { type: "Ready", status: "True" },
            { type: "Accepted", status: "False" },
          ],
        },
      },
    ],
    at: ["Service default/reviews status.conditions[1]"],
    clean: [{ ...reviews, status: { conditions: "none" } }],
  },
  {
    name: "keys from inside the network",
    code: "IST0175",
    found: [
      reviews,
      keysFrom(
        "http://169.254.169.254/latest",
        "http://user@127.0.0.1:8080/keys",
        "https://[::1]/keys",
        "https://[fd00::1]:8443/keys",
        "http://vault",
        "http://localhost/keys",
        "http://metadata.google.internal/keys",
        "http://lost.default.svc.cluster.local/keys",
      ),
    ],
    at: [0, 1, 2, 3, 4, 5, 6, 7].map((at) => `RequestAuthentication default/a spec.jwtRules[${at}].jwksUri`),
    clean: [
      reviews,
      keysFrom("https://x.example.com/keys", "https://8.8.8.8/keys", "https://[2001:db8::1]/keys"),
      keysFrom("http://reviews:9080/keys", "http://reviews.default.svc.cluster.local/keys"),
      security("RequestAuthentication", "b", { jwtRules: [{ issuer: "x", jwks: "{}" }] }),
    ],
  },
];
