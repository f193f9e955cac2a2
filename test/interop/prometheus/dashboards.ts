import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deployFolder } from "./prometheus-tool.ts";

/** A variable that is filled from label values. */
export interface Variable {
  readonly name: string;
  readonly selector: string;
  readonly label: string;
}

/** What one of our dashboards asks Prometheus for. */
export interface Dashboard {
  readonly title: string;
  readonly variables: readonly Variable[];
  /** Each with the title of its panel. */
  readonly expressions: readonly { readonly panel: string; readonly expression: string }[];
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

interface DashboardFile {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
}

/** The names of the files in deploy/grafana. */
export const dashboardNames = ["mesh", "service", "workload", "registry"] as const;

/** Reads one of them. */
export function readDashboard(name: (typeof dashboardNames)[number]): Dashboard {
  // Grafana's own format.
  const file = JSON.parse(readFileSync(join(deployFolder, "grafana", `${name}.json`), "utf8")) as DashboardFile;
  return {
    title: file.title,
    variables: file.templating.list.flatMap(({ name: variable, type, definition = "" }) => {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      return type === "query" ? [{ name: variable, selector: selector!, label: label! }] : [];
    }),
    expressions: [
      ...file.panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ expr }) => ({ panel: title, expression: expr })),
      ),
      ...file.annotations.list.map((annotation) => ({ panel: annotation.name, expression: annotation.expr })),
    ],
  };
}

/** Puts values in the place of Grafana's variables, its own `$__rate_interval` too. */
export function fillIn(expression: string, values: Readonly<Record<string, string>>): string {
  const all: Readonly<Record<string, string>> = { __rate_interval: "30s", ...values };
  return expression.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = all[name];
    if (value === undefined) throw new Error(`$${name} has no value in ${expression}`);
    return value;
  });
}
