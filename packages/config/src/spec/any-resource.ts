// Made by `npm run schema` from the tables in src/schema; change those.

import type { DestinationRule } from "./destination-rule.ts";
import type { Gateway } from "./gateway.ts";
import type { ResiliencePolicy } from "./resilience-policy.ts";
import type { AuthorizationPolicy, PeerAuthentication, RequestAuthentication } from "./security.ts";
import type { Namespace, Service, ServiceEntry, WorkloadEntry } from "./service.ts";
import type { Sidecar } from "./sidecar.ts";
import type { Telemetry } from "./telemetry.ts";
import type { VirtualService } from "./virtual-service.ts";

/** A resource of any kind, told apart by `kind`. */
export type AnyResource =
  | VirtualService
  | DestinationRule
  | ServiceEntry
  | WorkloadEntry
  | Service
  | Namespace
  | Sidecar
  | Gateway
  | ResiliencePolicy
  | AuthorizationPolicy
  | PeerAuthentication
  | RequestAuthentication
  | Telemetry;
