import { isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";

/** Checks names of Gateways: `mesh`, `name` or `namespace/name`. */
export function checkGatewayNames(gateways: readonly string[] | undefined, place: Place): void {
  for (const [at, name] of (gateways ?? []).entries()) {
    if (name === "mesh") continue;
    const parts = name.split("/");
    if (parts.length === 1 && name.includes(".")) {
      place.at(at).warn(`"${name}": naming a Gateway by its host is out of use; write namespace/name`, "IST0002");
    } else if (parts.length > 2 || !parts.every(isDnsLabel)) {
      place.at(at).error(`"${name}" is not a Gateway: write name or namespace/name, DNS labels both`);
    }
  }
}
