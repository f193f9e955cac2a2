// Names and their addresses
export { createDnsNames, type DnsNamesOptions } from "./dns/dns-names.ts";
export type { FollowedName, NameResolver } from "./dns/name-resolver.ts";
export type { ResolvedAddress } from "./dns/resolved-address.ts";
// Sources of resources
export { files } from "./files/files.ts";
export { parseFile } from "./files/parse-file.ts";
export { type LastKnownGood, lastKnownGood, type RememberedState } from "./last-known-good.ts";
export { mergeSources } from "./merge-sources.ts";
// This process as an instance
export { type InstanceOptions, type RegisteredInstance, registerInstance } from "./registry/register-instance.ts";
export { type RegistrySourceOptions, registrySource } from "./registry/registry-source.ts";
export { type ClientReport, type ClientReporter, reportClient } from "./registry/report-client.ts";
// What registry and clients say to each other
export {
  bookmarkIntervalMs,
  epochHeader,
  type HealthCheck,
  heartbeatMs,
  type InstanceLease,
  type InstanceRegistration,
  instancePath,
  instanceTerm,
  type StreamRequest,
  settingsPath,
  streamHeader,
  streamPath,
  type WatchEvent,
  watchPath,
} from "./registry-protocol.ts";
export { type RememberOptions, rememberSource } from "./remember-source.ts";
export type {
  AnnouncedInstance,
  InstanceAnnouncement,
  ParsedText,
  ResourceSource,
  ResourceState,
  SourceHost,
} from "./resource-source.ts";
