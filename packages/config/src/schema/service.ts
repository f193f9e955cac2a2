import {
  anything,
  flag,
  honoured,
  int32,
  integerOrText,
  listOf,
  mapOf,
  object,
  oneOf,
  port,
  text,
  validated,
} from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";

const servicePort: ObjectSchema = object("ServicePortSpec", "One port of the service.", {
  name: honoured(
    text,
    "Its name, a DNS label; what stands before the first `-` names the protocol. Needed beside others.",
  ),
  port: honoured(port, "The port that clients call, 1 to 65535.", { required: true }),
  targetPort: honoured(integerOrText, "The instances' port, or its name.", { default: "port" }),
  appProtocol: honoured(text, "The protocol, standing above the name."),
  protocol: validated(oneOf("TCP", "UDP", "SCTP"), "The transport.", { default: "TCP" }),
  nodePort: validated(int32(), "A cluster's matter."),
});

export const service: KindSchema = {
  kind: "Service",
  doc: "A host of the mesh, `name.namespace.svc.cluster.local`, and the instances behind it. Manifests of clusters are taken as they are.",
  status: "honoured",
  spec: object("ServiceSpec", "Ports and instances.", {
    selector: honoured(mapOf(text), "Labels of its instances, all of them; without any it has none."),
    ports: honoured(listOf(servicePort), "Its ports; they may be left out of an ExternalName or headless one only."),
    clusterIP: honoured(text, "An address by which it may be called too; `None` is none."),
    clusterIPs: honoured(listOf(text), "Addresses by which it may be called too."),
    type: validated(oneOf("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"), "How a cluster publishes it.", {
      default: "ClusterIP",
      differs: "An ExternalName has no endpoints: use a ServiceEntry.",
    }),
    allocateLoadBalancerNodePorts: validated(flag, "A cluster's matter."),
    externalIPs: validated(listOf(text), "A cluster's matter."),
    externalName: validated(text, "The name that an ExternalName stands for.", { differs: "Use a ServiceEntry." }),
    externalTrafficPolicy: validated(text, "A cluster's matter."),
    healthCheckNodePort: validated(int32(), "A cluster's matter."),
    internalTrafficPolicy: validated(text, "A cluster's matter."),
    ipFamilies: validated(listOf(text), "A cluster's matter."),
    ipFamilyPolicy: validated(text, "A cluster's matter."),
    loadBalancerClass: validated(text, "A cluster's matter."),
    loadBalancerIP: validated(text, "A cluster's matter."),
    loadBalancerSourceRanges: validated(listOf(text), "A cluster's matter."),
    publishNotReadyAddresses: validated(flag, "A cluster's matter."),
    sessionAffinity: validated(text, "A cluster's matter.", { differs: "Use a DestinationRule's `consistentHash`." }),
    sessionAffinityConfig: validated(anything, "A cluster's matter."),
    trafficDistribution: honoured(
      text,
      "Near endpoints first, without `outlierDetection` too: `PreferSameZone` or `PreferClose` goes by region and zone, `PreferSameNode` by subzone and the label `kubernetes.io/hostname` as well. A DestinationRule's `localityLbSetting` displaces it.",
    ),
  }),
};

export const namespace: KindSchema = {
  kind: "Namespace",
  doc: "A namespace. Resources may be in one that nobody has written down.",
  status: "honoured",
  spec: object("NamespaceSpec", "A Namespace says nothing that the mesh reads.", {
    finalizers: validated(listOf(text), "A cluster's matter."),
  }),
};
