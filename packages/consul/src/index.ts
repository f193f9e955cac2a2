export type {
  AnnouncedInstance,
  ConsulHost,
  ConsulSource,
  ConsulState,
  InstanceAnnouncement,
  InstanceHealthCheck,
  ParsedText,
} from "./consul-host.ts";
export { consul } from "./consul-source.ts";
export type { ConsulOptions } from "./options.ts";
