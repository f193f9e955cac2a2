import { honoured, listOf, mapOf, object, text } from "./build-schema.ts";
import type { FieldSchema, ObjectSchema } from "./field-schema.ts";

/** Selects workloads, in the words of Istio's `type/v1beta1`. */
export const workloadSelector: ObjectSchema = object("WorkloadSelector", "Workloads, by their labels.", {
  matchLabels: honoured(mapOf(text), "Labels that the workload has, all of them; compared whole."),
});

/** Selects workloads, in the words of Istio's `networking/v1alpha3`. */
export const workloadLabels: ObjectSchema = object("WorkloadLabels", "Workloads, by their labels.", {
  labels: honoured(mapOf(text), "Labels that the workload has, all of them; compared whole."),
});

/** What a policy is attached to. */
export const targetReference: ObjectSchema = object("TargetReference", "A resource that the policy is attached to.", {
  group: honoured(text, "API group.", { default: "the core group" }),
  kind: honoured(text, "Kind, such as `Service` or `Gateway`.", { required: true }),
  name: honoured(text, "Name.", { required: true }),
  namespace: honoured(text, "Namespace.", { default: "the policy's" }),
});

/** How security and telemetry resources say for whom they are: at most one of the three. */
export const targetFields: Readonly<Record<"selector" | "targetRef" | "targetRefs", FieldSchema>> = {
  selector: honoured(workloadSelector, "The workloads that it is for.", { default: "all of the namespace" }),
  targetRef: honoured(targetReference, "The resource that it is attached to. Excludes `selector`.", {
    deprecated: "targetRefs",
  }),
  targetRefs: honoured(listOf(targetReference), "The resources that it is attached to. Excludes `selector`."),
};
