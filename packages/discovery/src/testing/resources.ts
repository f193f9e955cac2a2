import { instanceMarks, type Resource } from "@intramesh/config";

/** A VirtualService for a host of its own name. */
export function virtualService(name: string, timeout: string = "1s", namespace: string = "default"): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name, namespace },
    spec: { hosts: [name], http: [{ timeout, route: [{ destination: { host: name } }] }] },
  };
}

/** An instance of the service `reviews` that registered itself. */
export function instance(name: string, address: string = "127.0.0.1"): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "WorkloadEntry",
    metadata: { name, namespace: "default", annotations: { [instanceMarks.service]: "reviews" } },
    spec: { address, ports: { http: 9080 } },
  };
}

/** The same object under an API version that does not exist. */
export function refused(resource: Resource): Resource {
  return { ...resource, apiVersion: "networking.istio.io/v9" };
}

/** `name=timeout` of each, in order: what a test compares. */
export function shownTimeouts(resources: readonly Resource[]): readonly string[] {
  return resources.map(({ metadata, spec }) => {
    const { http } = spec as { readonly http: readonly { readonly timeout: string }[] };
    return `${metadata.name}=${http[0]!.timeout}`;
  });
}
