export type { BookinfoOptions } from "./bookinfo-options.ts";
export type { BookinfoProgram } from "./bookinfo-programs.ts";
export type { Program } from "./processes/program.ts";
export { type Bookinfo, startBookinfo } from "./start-bookinfo.ts";
