export {
  bookmarkIntervalMs,
  epochHeader,
  type InstanceLease,
  type InstanceRegistration,
  instancePath,
  type WatchEvent,
  watchPath,
} from "./registry-protocol.ts";
