import { nameOf, namespaceOf } from "../../policy/resource-order.ts";
import { findVisibility } from "../../policy/visibility.ts";
import type { Check } from "../check.ts";

/** VirtualServices that others delegate to. A rule without its delegate is not there. */
export const delegates: Check = {
  name: "delegates",
  description: "delegates of VirtualServices exist, are delegates, and are exported to their roots",
  codes: ["IST0101", "IST0167"],
  onWrite: true,
  run(context, report) {
    const isKnowable = context.isComplete || context.ofKind("VirtualService").length > 1;
    for (const resource of context.ofKind("VirtualService")) {
      const own = namespaceOf(resource);
      for (const [at, { delegate }] of (resource.spec.http ?? []).entries()) {
        if (delegate?.name === undefined || !isKnowable) continue;
        const name = `${delegate.namespace || own}/${delegate.name}`;
        const found = context.find("VirtualService", name);
        const path = `spec.http[${at}].delegate`;
        if (found === undefined) {
          report("IST0101", resource, path, `VirtualService ${name} does not exist: the rule is left out`);
        } else if ((found.spec.hosts ?? []).length > 0) {
          report(
            "IST0167",
            resource,
            path,
            `VirtualService ${nameOf(found)} has hosts, so it is no delegate: the rule is left out`,
          );
        } else if (findVisibility(found.spec.exportTo, namespaceOf(found), own) === undefined) {
          report(
            "IST0101",
            resource,
            path,
            `VirtualService ${name} is not exported to namespace ${own}: the rule is left out`,
          );
        }
      }
    }
  },
};
