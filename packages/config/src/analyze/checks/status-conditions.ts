import type { Check } from "../check.ts";

interface Condition {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

/** False until every process runs the resource: that says nothing against it. */
const underWay = "Reconciled";

/** What a controller has written about a resource. */
export const statusConditions: Check = {
  name: "status-conditions",
  description: "no resource's status says that it was not accepted",
  codes: ["IST0171"],
  onWrite: false,
  run(context, report) {
    for (const resource of context.resources) {
      for (const [at, condition] of conditionsOf(resource.status).entries()) {
        if (condition.status !== "False" || condition.type === underWay) continue;
        const { type, reason, message } = condition;
        const why = [reason, message].filter((part) => typeof part === "string" && part !== "").join(": ");
        report(
          "IST0171",
          resource,
          `status.conditions[${at}]`,
          `${String(type)} is False${why === "" ? "" : ` (${why})`}`,
        );
      }
    }
  },
};

/** The registry takes whatever status a client writes. */
function conditionsOf(status: unknown): readonly Condition[] {
  if (typeof status !== "object" || status === null || !("conditions" in status)) return [];
  const { conditions } = status;
  return Array.isArray(conditions) ? conditions.filter((entry) => typeof entry === "object" && entry !== null) : [];
}
