export { buildClusterPicker, type ClusterPickerOptions } from "./build-cluster-picker.ts";
export { createEndpointState, setEjected } from "./endpoint-state.ts";
export {
  eventLoopUtilizationHeader,
  formatEventLoopUtilization,
  parseEventLoopUtilization,
  recordEventLoopUtilization,
} from "./event-loop.ts";
export { type HashedRequest, hashOf, type RequestHash, type RequestSource } from "./hash/hash-of.ts";
export { type Hash64, loadHash64 } from "./hash/hash64.ts";
export { recordLatency } from "./latency.ts";
export type { BalancedEndpoint, ClusterPicker, Picker } from "./picker.ts";
