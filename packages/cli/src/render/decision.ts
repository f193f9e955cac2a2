import type { DecidedDestination, Decision, HeaderOperations } from "@intramesh/core";
import { layOutColumns } from "./columns.ts";

/** The decision on a request, for people; `call` is the request as it was asked about. */
export function renderDecision(call: string, decision: Decision): string {
  const facts = layOutColumns(factsOf(decision).map(([name, text]) => [`  ${name}`, text]));
  const why = decision.why.map((line) => `  ${line}\n`).join("");
  return `${call}\n${headline(decision)}\n\n${facts}\nWhy\n${why}`;
}

function headline(decision: Decision): string {
  const { outcome, response, redirect } = decision;
  const flags = response?.flags ? ` ${response.flags}` : "";
  switch (outcome) {
    case "forward":
      return `is forwarded to ${decision.destinations.map(destinationName).join(" or ")}`;
    case "redirect":
      return `is redirected: ${redirect?.status} to ${redirect?.location}`;
    case "respond":
      return `is answered by the mesh: ${response?.status}${flags}`;
    case "no-route":
      return "matches no rule: 404 NR";
    case "unknown-host":
      return response === null
        ? "goes to a host unknown to the mesh: passed through"
        : `is refused: ${response.status}`;
  }
}

type Fact = readonly [string, string];

function factsOf(decision: Decision): Fact[] {
  const { request, timeoutMs, mirrors, response } = decision;
  const facts: Fact[] = [["Rule", ruleText(decision)]];
  for (const destination of decision.destinations) facts.push(["Destination", destinationText(destination)]);
  if (decision.outcome === "forward") {
    facts.push(["Sent", `${request.method} ${request.path}, authority ${request.authority}`]);
    facts.push(["Timeout", timeoutMs === null ? "none" : `${timeoutMs} ms`]);
    facts.push(["Retries", retryText(decision)]);
  }
  facts.push(...headerFacts("Request headers", request.headers));
  facts.push(...headerFacts("Response headers", decision.responseHeaders));
  if (decision.fault !== null) facts.push(["Fault", faultText(decision.fault)]);
  for (const mirror of mirrors) facts.push(["Mirror", `${mirror.percent} % to ${destinationName(mirror)}`]);
  if (decision.cors !== null) facts.push(["CORS", JSON.stringify(decision.cors)]);
  if (response !== null && response.body !== "") facts.push(["Body", JSON.stringify(response.body)]);
  for (const [name, block] of Object.entries(decision.policy ?? {})) {
    if (block !== null) facts.push([policyNames[name] ?? name, JSON.stringify(block)]);
  }
  return facts;
}

const policyNames: Readonly<Record<string, string>> = {
  loadBalancer: "Load balancer",
  connectionPool: "Connection pool",
  outlierDetection: "Outliers",
  tls: "TLS",
};

function ruleText({ virtualService, delegate, route }: Decision): string {
  if (virtualService === null) return route === null ? "none: default route" : "default route";
  if (route === null) return `VirtualService ${virtualService}, no rule of it`;
  const name = route.name === null ? "" : ` "${route.name}"`;
  const match = route.match === null ? "match-all" : `match[${route.match}]`;
  const matchName = route.matchName === null ? "" : ` "${route.matchName}"`;
  const from = delegate === null ? "" : `, delegate ${delegate}`;
  return `VirtualService ${virtualService}, http[${route.index}]${name}, ${match}${matchName}${from}`;
}

function destinationName({ host, port, subset }: Pick<DecidedDestination, "host" | "port" | "subset">): string {
  return `${host}:${port}${subset === null ? "" : ` subset ${subset}`}`;
}

function destinationText(destination: DecidedDestination): string {
  const { weight, known, endpoints } = destination;
  const state = known ? (endpoints.length === 0 ? "no endpoints: 503 UH" : endpoints.join(", ")) : "not known: 503 NC";
  return `${Number(weight.toFixed(3))} % to ${destinationName(destination)}: ${state}`;
}

function retryText({ retry }: Decision): string {
  if (retry.attempts === 0) return "off";
  const perTry = retry.perTryTimeoutMs === null ? "" : `, ${retry.perTryTimeoutMs} ms per try`;
  const codes = retry.retriableStatusCodes.length === 0 ? "" : ` (${retry.retriableStatusCodes.join(", ")})`;
  return `${retry.attempts} on ${retry.retryOn.join(", ")}${codes}${perTry}`;
}

function headerFacts(name: string, { set, add, remove }: HeaderOperations): Fact[] {
  const lines = [
    ...Object.entries(set).map(([key, value]) => `set ${key}: ${value}`),
    ...Object.entries(add).map(([key, value]) => `add ${key}: ${value}`),
    ...remove.map((key) => `remove ${key}`),
  ];
  return lines.length === 0 ? [] : [[name, lines.join("; ")]];
}

function faultText({ delay, abort }: NonNullable<Decision["fault"]>): string {
  const parts = [];
  if (delay !== null) parts.push(`${delay.percent} % delayed by ${delay.ms} ms`);
  if (abort !== null)
    parts.push(`${abort.percent} % aborted with ${abort.httpStatus ?? `grpc-status ${abort.grpcStatus}`}`);
  return parts.join("; ");
}
