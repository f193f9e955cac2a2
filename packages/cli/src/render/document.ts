import { formatYaml } from "@intramesh/discovery/yaml-documents";

/** What `-o` may ask for of a command whose result is one document. */
export const outputs = ["text", "json", "yaml"] as const;

/** `text` is for people. */
export type Output = (typeof outputs)[number];

/** One document and nothing else, for stdout; YAML says the same as JSON. */
export function renderDocument(document: unknown, output: Exclude<Output, "text">): string {
  return output === "json" ? `${JSON.stringify(document, null, 2)}\n` : formatYaml(document);
}
