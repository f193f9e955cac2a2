import { honoured, listOf, mapOf, object, text } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { trafficPolicy } from "./traffic-policy.ts";
import { workloadSelector } from "./workload-target.ts";

const subset: ObjectSchema = object("SubsetSpec", "Some of a host's endpoints, under a name.", {
  name: honoured(text, "What routes call it: letters, digits and inner dashes, at most 63. Unique.", {
    required: true,
  }),
  labels: honoured(mapOf(text), "Labels that its endpoints have, all of them.", { default: "all endpoints" }),
  trafficPolicy: honoured(trafficPolicy, "Displaces the rule's, block by block."),
});

export const destinationRule: KindSchema = {
  kind: "DestinationRule",
  doc: "How the endpoints of a host are used, and by which names routes speak of some of them.",
  status: "honoured",
  spec: object("DestinationRuleSpec", "A host and how its endpoints are used.", {
    host: honoured(
      text,
      "The host: a short name, a full name, or one with a leading `*`. The client's namespace is looked through first, then the service's, then the root namespace.",
      { required: true },
    ),
    trafficPolicy: honoured(trafficPolicy, "How the endpoints are used."),
    subsets: honoured(listOf(subset), "Some of the endpoints, under names."),
    exportTo: honoured(listOf(text), "Namespaces that see it: `.` for its own, `*` for all, or names.", {
      default: "all",
    }),
    workloadSelector: honoured(workloadSelector, "The clients that it is for, in its own namespace.", {
      default: "all clients",
    }),
  }),
};
