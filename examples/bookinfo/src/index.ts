export type { BookinfoOptions } from "./bookinfo-options.ts";
export type { Program } from "./processes/program.ts";
export { type Bookinfo, type BookinfoProgram, startBookinfo } from "./start-bookinfo.ts";
