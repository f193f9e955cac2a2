import { parseResource, type Resource } from "@intramesh/config";
import { parse } from "yaml";

/** Resources of multi-document YAML; throws what validation finds. */
export function resources(yaml: string): Resource[] {
  return yaml
    .split(/^---$/m)
    .filter((document) => document.trim() !== "")
    .map((document) => {
      const { resource, issues } = parseResource(parse(document));
      const errors = issues.map(({ path, message }) => `${path}: ${message}`);
      if (resource === undefined) throw new Error(errors.join("\n"));
      return resource;
    });
}

/** A Service `name` on port 80 with one WorkloadEntry for each port of loopback. */
export function service(name: string, ports: readonly number[]): Resource[] {
  const entries = ports.map(
    (port, at) => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}-${at} }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: ${name} } }
`,
  );
  const declared = `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;
  return resources([declared, ...entries].join("---"));
}

/** A VirtualService of `reviews` with these rules, each without its `route`; YAML of one line each. */
export function virtualService(...rules: readonly string[]): string {
  const http = rules.map((rule) => `  - { ${rule}, route: [{ destination: { host: reviews } }] }`).join("\n");
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
${http}
`;
}

/** A DestinationRule of `reviews` with this trafficPolicy, YAML of one line. */
export function destinationRule(trafficPolicy: string): string {
  return `
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec: { host: reviews, trafficPolicy: { ${trafficPolicy} } }
`;
}

/** A ResiliencePolicy of `reviews`, YAML of one line. */
export function resiliencePolicy(blocks: string): string {
  return `
---
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: reviews }
spec: { host: reviews, ${blocks} }
`;
}
