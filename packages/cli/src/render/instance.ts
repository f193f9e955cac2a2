import type { DescribedInstance } from "../describe/describe-instance.ts";
import { layOutColumns } from "./columns.ts";
import { ageText } from "./duration.ts";
import { indent, labelText } from "./service.ts";

/** A process for people. */
export function renderInstance(described: DescribedInstance): string {
  const { name, service, namespace, labels, addresses, rejected, subsets, routes } = described;
  const head = layOutColumns([
    ["Instance", name],
    ["Service", `${service}.${namespace}`],
    ["Labels", labelText(labels)],
    ["Address", addresses.length === 0 ? "none: it only calls" : addresses.join(", ")],
    ["Lease", leaseText(described)],
    ["Configuration", connectionText(described)],
    ["Admin port", described.connection?.admin ?? "none"],
  ]);
  const members = subsets.map((subset) => [subset.name, subset.isMember ? "yes" : "no", labelText(subset.labels)]);
  const parts = [
    head,
    ...(subsets.length === 0 ? [] : [`Subsets\n${indent(layOutColumns([["NAME", "IN IT", "LABELS"], ...members]))}`]),
    ...(addresses.length === 0 ? [] : [`Receives\n${indent(receives(routes))}`]),
    ...(rejected.length === 0 ? [] : [`Refused\n${indent(rejected.map((line) => `${line}\n`).join(""))}`]),
  ];
  return parts.join("\n");
}

function receives(routes: readonly string[]): string {
  return routes.length === 0
    ? "calls of the default route, where no rule sends them elsewhere\n"
    : `${routes.join("\n")}\n`;
}

function leaseText({ leaseMs, drainedSince }: DescribedInstance): string {
  if (leaseMs === null) return "none";
  const lapses = `lapses in ${ageText(leaseMs)}`;
  return drainedSince === null ? lapses : `${lapses}; DRAINED since ${drainedSince}: no caller picks it`;
}

function connectionText({ connection }: DescribedInstance): string {
  if (connection === null) return "not heard of within the last minute";
  const { revision, registryRevision, ageMs } = connection;
  const heard = `heard of ${ageText(ageMs)} ago`;
  if (revision === 0) return `no revision of the registry's, ${heard}`;
  return revision === registryRevision
    ? `revision ${revision}, the newest; ${heard}`
    : `revision ${revision}, the registry is at ${registryRevision}; ${heard}`;
}
