import { parseDurationMs } from "@intramesh/core";
import type { Check } from "../check.ts";

/** Timeouts of tries that come too late to matter. */
export const tryTimeouts: Check = {
  name: "try-timeouts",
  description: "the timeout of a try is shorter than that of its rule",
  codes: ["IST0167"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      for (const [at, { timeout, retries }] of (resource.spec.http ?? []).entries()) {
        if (timeout === undefined || retries?.perTryTimeout === undefined) continue;
        const [limit, perTry] = [parseDurationMs(timeout), parseDurationMs(retries.perTryTimeout)];
        if (limit === undefined || perTry === undefined || perTry < limit) continue;
        const message = `${retries.perTryTimeout} has no effect: the rule's timeout ends all tries after ${timeout}`;
        report("IST0167", resource, `spec.http[${at}].retries.perTryTimeout`, message);
      }
    }
  },
};
