import type { EffectiveTrafficPolicy, Labels } from "@intramesh/core";
import { renderFindings } from "../analyze/render-findings.ts";
import type { ServiceDescription, SubsetDescription } from "../describe/describe-service.ts";
import { layOutColumns } from "./columns.ts";
import { renderRoutes } from "./routes.ts";

/** A service for people: who declares it, who is behind it, which rules decide. */
export function renderService(description: ServiceDescription): string {
  const { host, declaredBy, ports, routes, findings } = description;
  const head = [
    ["Service", host],
    ["Declared by", declaredBy ?? "its instances"],
    ["Ports", ports.length === 0 ? "none" : ports.map(({ number, name }) => `${number} ${name}`).join(", ")],
    ...policyRows(description),
  ];
  const parts = [
    layOutColumns(head),
    `Routes\n${routes.length === 0 ? "  no VirtualService: calls take the default route\n" : indent(renderRoutes(routes))}`,
    `Subsets\n${indent(subsetTable(description.subsets))}`,
    `Instances\n${indent(instanceTable(description))}`,
    ...(findings.length === 0 ? [] : [`Findings\n${indent(renderFindings(findings))}`]),
  ];
  return parts.join("\n");
}

function policyRows({ policy, resilience }: ServiceDescription): string[][] {
  const blocks = Object.entries(policy ?? {}).filter(([, block]) => block !== null);
  return [
    ...blocks.map(([name, block]) => [titles[name as keyof EffectiveTrafficPolicy] ?? name, JSON.stringify(block)]),
    ...(resilience.length === 0 ? [] : [["Resilience", resilience.join(", ")]]),
  ];
}

const titles: Readonly<Record<keyof EffectiveTrafficPolicy, string>> = {
  loadBalancer: "Load balancer",
  connectionPool: "Connection pool",
  outlierDetection: "Outliers",
  tls: "TLS",
};

function subsetTable(subsets: readonly SubsetDescription[]): string {
  if (subsets.length === 0) return "no DestinationRule names any\n";
  const rows = subsets.map(({ name, labels, rule, endpoints }) => [
    name,
    labelText(labels),
    endpoints.length === 0 ? "none: 503 UH" : String(endpoints.length),
    rule.replace("DestinationRule ", ""),
  ]);
  return layOutColumns([["NAME", "LABELS", "INSTANCES", "DESTINATION RULE"], ...rows]);
}

function instanceTable({ instances, subsets }: ServiceDescription): string {
  if (instances.length === 0) return "none: calls are answered 503 UH\n";
  const rows = instances.map(({ id, instance, labels, locality, weight }) => {
    const within = subsets.filter(({ endpoints }) => endpoints.includes(id)).map(({ name }) => name);
    return [
      instance === "" ? "-" : instance,
      id,
      labels["version"] ?? "-",
      locality === "" ? "-" : locality,
      String(weight),
      within.length === 0 ? "-" : within.join(","),
    ];
  });
  return layOutColumns([["NAME", "ADDRESS", "VERSION", "LOCALITY", "WEIGHT", "SUBSETS"], ...rows]);
}

/** `app=reviews, version=v1` */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "none" : pairs.join(", ");
}

/** Two spaces before each line that says something. */
export function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}
