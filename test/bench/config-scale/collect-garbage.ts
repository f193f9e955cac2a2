import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
// With the flag set, a new context has the function whatever the process was started with.
const collect = runInNewContext("gc") as () => void;

/** Bytes on the heap that something still refers to. */
export function liveHeapBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
