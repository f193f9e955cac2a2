import { nameOf, namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { Check } from "../check.ts";
import { everyNamespace, exportScopes } from "../export-scopes.ts";
import { groupBy } from "../group-by.ts";
import { areSeveral, listNames } from "../resource-title.ts";

interface Spoken {
  readonly resource: Resource;
  readonly path: string;
  readonly protocol: string;
  readonly scope: string;
  readonly place: string;
}

/** ServiceEntries that give one host and port different protocols. */
export const serviceEntryProtocols: Check = {
  name: "service-entry-protocols",
  description: "ServiceEntries for one host and port agree on the protocol",
  codes: ["IST0177"],
  onWrite: false,
  run(context, report) {
    const spoken = context.ofKind("ServiceEntry").flatMap((resource) =>
      [...exportScopes(resource.spec.exportTo, namespaceOf(resource))].flatMap((scope) =>
        (resource.spec.hosts ?? []).flatMap((host) =>
          (resource.spec.ports ?? []).map(({ number, protocol = "" }, at): Spoken => {
            const place = `${host.toLowerCase()}:${number}`;
            return { resource, path: `spec.ports[${at}].protocol`, protocol: protocol.toUpperCase(), scope, place };
          }),
        ),
      ),
    );
    const reported = new Set<string>();
    for (const [place, all] of groupBy(spoken, (entry) => entry.place)) {
      const scopes = groupBy(all, (entry) => entry.scope);
      for (const [scope, own] of scopes) {
        const rivals = scope === everyNamespace ? own : [...own, ...(scopes.get(everyNamespace) ?? [])];
        const protocols = new Set(rivals.map(({ protocol }) => protocol));
        if (protocols.size < 2 || !areSeveral(rivals.map(({ resource }) => resource))) continue;
        const names = listNames(rivals.map(({ resource }) => resource));
        for (const { resource, path } of rivals) {
          const key = `${nameOf(resource)} ${place}`;
          if (reported.has(key)) continue;
          reported.add(key);
          const given = [...protocols].map((protocol) => protocol || "none").join(", ");
          report("IST0177", resource, path, `${names} give ${place} different protocols: ${given}`);
        }
      }
    }
  },
};
