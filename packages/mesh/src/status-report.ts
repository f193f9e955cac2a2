import { type ClientReporter, reportClient } from "@intramesh/discovery";
import type { ResolvedOptions } from "./options.ts";
import { ownVersion } from "./own-version.ts";
import type { SnapshotHolder } from "./snapshot-holder.ts";

/** Keeps the registry told which revision this process runs and what it refused. */
export interface StatusReport {
  /** Something changed. */
  tell(holder: SnapshotHolder, admin: string | undefined): void;
  close(): void;
}

/** Tells nobody where there is no registry. */
export function createStatusReport(options: ResolvedOptions, labels: Readonly<Record<string, string>>): StatusReport {
  const { registry, token, service, scheduler, random } = options;
  if (registry === undefined) return { tell: () => undefined, close: () => undefined };
  const reporter: ClientReporter = reportClient({
    url: registry,
    ...(token === undefined ? {} : { token }),
    instance: service.instance,
    scheduler,
    random,
  });
  const version = ownVersion();
  const library = version === "unknown" ? {} : { library: version };
  return {
    tell({ state, rejected }, admin) {
      reporter.report({
        service: service.name,
        namespace: service.namespace,
        labels,
        ...library,
        // A merged or remembered state has no number of the registry's.
        revision: /^\d+$/.test(state.revision) ? Number(state.revision) : 0,
        rejected,
        ...(admin === undefined ? {} : { admin }),
      });
    },
    close: () => reporter.close(),
  };
}
