import type { Resource } from "@intramesh/config";

/** A Secret with its `stringData` put among its `data`, as Kubernetes stores it; any other object as it is. */
export function withSecretData(resource: Resource): Resource {
  const { stringData, ...rest } = resource as Resource & { readonly stringData?: unknown; readonly data?: object };
  if (resource.kind !== "Secret" || typeof stringData !== "object" || stringData === null) return resource;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return { ...rest, data: { ...rest.data, ...Object.fromEntries(encoded) } } as Resource;
}
