import type { MutualTls, PeerAuthenticationSpec } from "../spec/security.ts";
import { checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { fields, mapOf, oneOf, type Shape } from "./shape.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget, selectorShape } from "./workload-target.ts";

const mtls: Shape<MutualTls> = fields<MutualTls>({ mode: oneOf("UNSET", "DISABLE", "PERMISSIVE", "STRICT") });

const shape: Shape<PeerAuthenticationSpec> = fields<PeerAuthenticationSpec>({
  selector: selectorShape,
  mtls,
  portLevelMtls: mapOf(mtls),
});

/** Checks PeerAuthentications. */
export const peerAuthenticationCheck: SpecCheck = defineSpecCheck(shape, checkPeerAuthentication);

function checkPeerAuthentication(spec: PeerAuthenticationSpec, place: Place): void {
  checkTarget({ ...(spec.selector && { selector: spec.selector }) }, place);
  const { portLevelMtls } = spec;
  if (portLevelMtls === undefined) return;
  const ports = Object.keys(portLevelMtls);
  const portsPlace = place.field("portLevelMtls");
  if (ports.length === 0) portsPlace.error("is empty: name a port, or drop it");
  if (Object.keys(spec.selector?.matchLabels ?? {}).length === 0) {
    portsPlace.error("needs a selector: ports belong to workloads; say which");
  }
  for (const port of ports) checkPort(/^\d+$/.test(port) ? Number(port) : 0, portsPlace.at(port));
}
