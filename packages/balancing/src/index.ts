export { buildPicker } from "./build-picker.ts";
export type { BalancedEndpoint, Picker } from "./picker.ts";
