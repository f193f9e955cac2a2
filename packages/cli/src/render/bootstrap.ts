import { layOutColumns } from "./columns.ts";

/** Who a process is and what it runs, as its admin port shows it. */
export interface SnapshotPage {
  readonly service: string;
  readonly namespace: string;
  readonly instance: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly revision: string;
  /** Where the state comes from. */
  readonly description: string;
  /** True for a remembered state, of which no source has said yet that it still holds. */
  readonly stale: boolean;
  /** Their number. */
  readonly resources: number;
  /** Inbound requests that are being answered. */
  readonly inboundActive: number;
  /** Absent where the process is of an older version. */
  readonly telemetry?: {
    /** `namespace/name` of the Telemetry resources that hold for it. */
    readonly resources: readonly string[];
    readonly accessLog: { readonly client: LoggedSide | null; readonly server: LoggedSide | null };
  };
  readonly logLevel?: string;
}

/** Where lines of one side go. */
interface LoggedSide {
  readonly file: string;
  readonly encoding: string;
  readonly filter: string | null;
}

/** The same for people. */
export function renderBootstrap(page: SnapshotPage): string {
  const labels = Object.entries(page.labels).map(([name, value]) => `${name}=${value}`);
  return layOutColumns([
    ["Instance", page.instance],
    ["Service", page.service],
    ["Namespace", page.namespace],
    ["Labels", labels.length === 0 ? "none" : labels.join(", ")],
    ["Source", page.description],
    ["Revision", page.revision],
    ["Stale", page.stale ? "yes: a remembered state, no source has confirmed it" : "no"],
    ["Resources", String(page.resources)],
    ["Inbound requests", String(page.inboundActive)],
    ...telemetryRows(page),
  ]);
}

function telemetryRows({ telemetry, logLevel }: SnapshotPage): string[][] {
  if (telemetry === undefined) return [];
  const { resources, accessLog } = telemetry;
  return [
    ["Telemetry", resources.length === 0 ? "none" : resources.join(", ")],
    ["Access log, outbound", sideText(accessLog.client)],
    ["Access log, inbound", sideText(accessLog.server)],
    ["Log level", logLevel ?? "unknown"],
  ];
}

function sideText(side: LoggedSide | null): string {
  if (side === null) return "off";
  return `${side.file}, ${side.encoding.toLowerCase()}${side.filter === null ? "" : `, where ${side.filter}`}`;
}
