import { instanceMarks } from "../../instance-marks.ts";
import type { Resource } from "../../resource.ts";
import { isDnsLabel } from "../../validate/names.ts";
import type { Check, Report } from "../check.ts";
import { analysisCodes } from "../codes.ts";
import { findIstioAnnotation, isIstioAnnotation } from "../istio-annotations.ts";
import { suppressAnnotation } from "../suppression.ts";

/** Annotations in Istio's name. */
export const annotations: Check = {
  name: "annotations",
  description: "annotations of Istio are known, stand where they are read, and can be read",
  codes: ["IST0107", "IST0108", "IST0125", "IST0135", "IST0136"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.resources) {
      for (const [name, value] of Object.entries(resource.metadata.annotations ?? {})) {
        checkName(resource, name, report);
        const fault = Object.hasOwn(readers, name) ? readers[name]?.(value) : undefined;
        if (fault !== undefined) report("IST0125", resource, pathOf(name), `"${value}": ${fault}`);
      }
    }
  },
};

function checkName(resource: Resource, name: string, report: Report): void {
  if (!isIstioAnnotation(name)) return;
  const known = findIstioAnnotation(name);
  const path = pathOf(name);
  if (known === undefined) {
    report("IST0108", resource, path, `Istio has no annotation ${name}`);
    return;
  }
  if (known.isDeprecated) report("IST0135", resource, path, `${name} is deprecated: it may not work in later releases`);
  if (known.kinds.length > 0 && !known.kinds.includes(resource.kind)) {
    report("IST0107", resource, path, `${name} is read on ${known.kinds.join(", ")}, not on a ${resource.kind}`);
  } else if (known.isAlpha) {
    report("IST0136", resource, path, `${name} is part of an alpha feature: it may change`);
  }
}

function pathOf(name: string): string {
  return `metadata.annotations[${name}]`;
}

/** What is wrong with the value of an annotation; undefined where nothing is. */
const readers: Readonly<Record<string, (value: string) => string | undefined>> = {
  "networking.istio.io/exportTo": (value) => {
    const wrong = value
      .split(",")
      .find((entry) => !["*", ".", "~"].includes(entry.trim()) && !isDnsLabel(entry.trim()));
    return wrong === undefined
      ? undefined
      : `"${wrong.trim()}" is not a namespace: "*", ".", "~" or DNS labels, joined by commas`;
  },
  "networking.istio.io/traffic-distribution": (value) =>
    ["PreferClose", "PreferSameZone", "PreferSameNode", "Any"].includes(value)
      ? undefined
      : "write PreferClose, PreferSameZone, PreferSameNode or Any",
  "istio.io/dry-run": (value) => (["true", "false"].includes(value) ? undefined : "write true or false"),
  [suppressAnnotation]: (value) => {
    const wrong = value.split(",").find((entry) => !["*", ...codes].includes(entry.trim()));
    return wrong === undefined
      ? undefined
      : `"${wrong.trim()}" is not a code of the analysis: list codes such as IST0101, or "*"`;
  },
  [instanceMarks.servicePorts]: (value) => {
    try {
      const ports: unknown = JSON.parse(value);
      const isMap = typeof ports === "object" && ports !== null && !Array.isArray(ports);
      return isMap && Object.values(ports).every(Number.isInteger) ? undefined : "write JSON of port names to numbers";
    } catch {
      return "is not JSON: write port names to numbers";
    }
  },
};

const codes: readonly string[] = analysisCodes.map(({ code }) => code);
