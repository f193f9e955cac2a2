export {
  bookmarkIntervalMs,
  epochHeader,
  type InstanceLease,
  type InstanceRegistration,
  instancePath,
  type WatchEvent,
  watchPath,
} from "./registry-protocol.ts";
export {
  formatYaml,
  parseYamlDocuments,
  type YamlDocument,
  type YamlDocuments,
  type YamlError,
} from "./yaml-documents.ts";
