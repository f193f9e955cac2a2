import { namespace, service } from "../schema/service.ts";
import type { NamespaceSpec, ServiceSpec } from "../spec/service.ts";
import { checkDnsLabel, checkLabels, checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

/** Checks v1 Services. */
export const serviceCheck: SpecCheck = defineSpecCheck(shapeOf<ServiceSpec>(service.spec), checkService);

/** A Namespace says nothing that the mesh reads. */
export const namespaceCheck: SpecCheck = defineSpecCheck(shapeOf<NamespaceSpec>(namespace.spec), () => {});

function checkService(spec: ServiceSpec, place: Place): void {
  const { ports = [] } = spec;
  const portsPlace = place.field("ports");
  if (ports.length === 0 && spec.type !== "ExternalName" && spec.clusterIP !== "None") {
    portsPlace.error("is missing: a Service has at least one port");
  }
  for (const [at, port] of ports.entries()) {
    const entry = portsPlace.at(at);
    checkPort(port.port, entry.field("port"));
    if (typeof port.targetPort === "number") checkPort(port.targetPort, entry.field("targetPort"));
    if (!port.name && ports.length > 1) entry.field("name").error("is missing: of several ports each needs a name");
    if (port.name) checkDnsLabel(port.name, entry.field("name"));
    const earlier = ports.slice(0, at);
    if (port.name && earlier.some(({ name }) => name === port.name))
      entry.field("name").error(`"${port.name}" is used twice`);
    const isTwice = earlier.some(
      (other) => other.port === port.port && (other.protocol ?? "TCP") === (port.protocol ?? "TCP"),
    );
    if (isTwice) entry.field("port").error(`${port.port} is used twice`);
  }
  checkLabels(spec.selector, place.field("selector"));
}
