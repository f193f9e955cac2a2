import { honoured, listOf, object, oneOf, port, portOrNone, text, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { workload } from "./workload-entry.ts";
import { workloadLabels } from "./workload-target.ts";

const entryPort: ObjectSchema = object("ServiceEntryPort", "One port of the hosts.", {
  number: honoured(port, "The port that clients call, 1 to 65535. Unique.", { required: true }),
  name: honoured(text, "Its name, by which endpoints name theirs: a DNS label. Unique.", { required: true }),
  protocol: honoured(
    text,
    "HTTP, HTTP2, HTTPS, GRPC, GRPC-WEB, TLS, TCP, UDP, MONGO, MYSQL, REDIS, HTTP_PROXY or HBONE.",
    {
      default: "TCP",
      differs: "Requests of any protocol name are sent as HTTP.",
    },
  ),
  targetPort: honoured(portOrNone, "The port of the endpoints.", { default: "number" }),
});

export const serviceEntry: KindSchema = {
  kind: "ServiceEntry",
  doc: "Hosts that no Service speaks of: outside the mesh, or inside on machines of their own.",
  status: "honoured",
  spec: object("ServiceEntrySpec", "Hosts, their ports and where they are.", {
    hosts: honoured(
      listOf(text),
      "1 to 256 host names; a leading `*` stands for any beginning, `*` alone is refused.",
      {
        required: true,
      },
    ),
    addresses: honoured(listOf(text), "Addresses by which a single host may be called too.", {
      differs: "Ranges are validated only: a process sees names, not the packets' addresses.",
    }),
    ports: honoured(listOf(entryPort), "Ports of the hosts. Without them they cannot be called."),
    location: validated(oneOf("MESH_EXTERNAL", "MESH_INTERNAL"), "Whether the hosts belong to the mesh.", {
      default: "MESH_EXTERNAL",
      differs: "It decides on mutual TLS in Istio, which there is none of.",
    }),
    resolution: honoured(
      oneOf("NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS"),
      "Where endpoints come from. STATIC: those listed or selected. DNS: every address of their names. DNS_ROUND_ROBIN: one address of the name for each new connection. NONE, DYNAMIC_DNS: the host called.",
      {
        default: "NONE",
        differs:
          "Names of DNS and DNS_ROUND_ROBIN are followed in the background, and keep their last good addresses on NXDOMAIN too; endpoints may have SRV names (docs/name-resolution.md). Those of DYNAMIC_DNS are resolved by the system for each connection.",
      },
    ),
    endpoints: honoured(listOf(workload), "The endpoints. Excludes `workloadSelector`."),
    workloadSelector: honoured(workloadLabels, "WorkloadEntries of the same namespace that are the endpoints."),
    exportTo: honoured(listOf(text), "Namespaces that see it: `.` for its own, `*` for all, `~` for none, or names.", {
      default: "all",
    }),
    subjectAltNames: validated(listOf(text), "Names, one of which the endpoint's certificate has.", {
      differs: "The certificate is checked for the host that is called.",
    }),
  }),
};
