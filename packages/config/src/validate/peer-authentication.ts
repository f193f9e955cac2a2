import { peerAuthentication } from "../schema/peer-authentication.ts";
import type { PeerAuthenticationSpec } from "../spec/security.ts";
import { checkPort } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget } from "./workload-target.ts";

/** Checks PeerAuthentications. */
export const peerAuthenticationCheck: SpecCheck = defineSpecCheck(
  shapeOf<PeerAuthenticationSpec>(peerAuthentication.spec),
  checkPeerAuthentication,
);

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
