import { honoured, mapOf, object, port, text, uint32, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";

/** Of a WorkloadEntry, and of an endpoint that a ServiceEntry lists. */
export const workload: ObjectSchema = object("WorkloadEntrySpec", "One endpoint, on all its ports.", {
  address: honoured(
    text,
    "IP address, or a host name to resolve, or the name of SRV records (`_http._tcp.reviews.example.com`) for ServiceEntries of resolution DNS; may be left out beside `network` only.",
    {
      differs: "`unix://` addresses pass the check and cannot be called.",
    },
  ),
  ports: honoured(mapOf(port), "Ports by their names in the service; they stand above `targetPort`.", {
    default: "the service's ports",
  }),
  labels: honoured(mapOf(text), "What selectors and subsets ask for."),
  network: validated(text, "Network that the address is of.", { differs: "All addresses are taken to be reachable." }),
  locality: honoured(text, "`region/zone/subzone`, from left to right as far as known."),
  weight: honoured(uint32(), "Share among the endpoints; 0 is 1.", { default: "1" }),
  serviceAccount: validated(text, "Account that the workload runs as.", { differs: "There are no identities." }),
});

export const workloadEntry: KindSchema = {
  kind: "WorkloadEntry",
  doc: "One running instance of a service. The registry makes one for every instance that registers.",
  status: "honoured",
  spec: workload,
};
