import { resolveHost as resolve } from "../policy/host-name.ts";
import { defaultMeshSettings } from "../policy/mesh-settings.ts";

/** A host as Istio completes it for a resource of a namespace: a short name becomes `name.namespace.svc.domain`. */
export function resolveHost(host: string, namespace: string, domain: string = defaultMeshSettings.domain): string {
  return resolve(host, namespace, domain);
}
