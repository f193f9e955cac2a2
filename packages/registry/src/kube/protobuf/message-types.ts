/** How a field's bytes are read, and what becomes of them in JSON. */
export type FieldType =
  /** Nothing where it is empty: the wire cannot tell the two apart. */
  | "text"
  /** Base64, as Kubernetes writes bytes in JSON. */
  | "bytes"
  /** Nothing where it is zero. */
  | "integer"
  /** A pointer in Go: zero is a value. */
  | "integer-or-nothing"
  | "flag"
  /** Kubernetes' IntOrString. */
  | "integer-or-text"
  | { readonly map: "text" | "bytes" }
  | { readonly list: FieldType }
  | { readonly message: MessageType };

/** The fields of a message that are read, by their number: JSON name and type. Others are passed over. */
export type MessageType = Readonly<Record<number, readonly [name: string, type: FieldType]>>;

const textMap: FieldType = { map: "text" };

function listOf(message: MessageType): FieldType {
  return { list: { message } };
}

// Numbers are those of k8s.io/apimachinery's and k8s.io/api's generated.proto: core/v1, apps/v1, meta/v1.

const objectMeta: MessageType = {
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  11: ["labels", textMap],
  12: ["annotations", textMap],
};

const metadata: readonly [string, FieldType] = ["metadata", { message: objectMeta }];

const localReference: MessageType = { 1: ["name", "text"] };

const servicePort: MessageType = {
  1: ["name", "text"],
  2: ["protocol", "text"],
  3: ["port", "integer"],
  4: ["targetPort", "integer-or-text"],
  5: ["nodePort", "integer"],
  6: ["appProtocol", "text"],
};

const serviceSpec: MessageType = {
  1: ["ports", listOf(servicePort)],
  2: ["selector", textMap],
  3: ["clusterIP", "text"],
  4: ["type", "text"],
  10: ["externalName", "text"],
};

const container: MessageType = {
  1: ["name", "text"],
  2: ["image", "text"],
  3: ["command", { list: "text" }],
  4: ["args", { list: "text" }],
  5: ["workingDir", "text"],
  6: ["ports", listOf({ 1: ["name", "text"], 3: ["containerPort", "integer"], 4: ["protocol", "text"] })],
};

const podTemplate: MessageType = { 1: metadata, 2: ["spec", { message: { 2: ["containers", listOf(container)] } }] };

const deploymentSpec: MessageType = {
  1: ["replicas", "integer-or-nothing"],
  2: ["selector", { message: { 1: ["matchLabels", textMap] } }],
  3: ["template", { message: podTemplate }],
};

/** What kubectl's `create` subcommands send, by apiVersion and kind. */
export const messageTypes: Readonly<Record<string, MessageType>> = {
  "v1 Namespace": { 1: metadata },
  "v1 ConfigMap": { 1: metadata, 2: ["data", textMap], 3: ["binaryData", { map: "bytes" }], 4: ["immutable", "flag"] },
  "v1 Secret": { 1: metadata, 2: ["data", { map: "bytes" }], 3: ["type", "text"], 5: ["immutable", "flag"] },
  "v1 ServiceAccount": { 1: metadata, 3: ["imagePullSecrets", listOf(localReference)] },
  "v1 Service": { 1: metadata, 2: ["spec", { message: serviceSpec }] },
  "apps/v1 Deployment": { 1: metadata, 2: ["spec", { message: deploymentSpec }] },
};
