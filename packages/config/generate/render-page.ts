import { apiVersionOf, findKind } from "../src/kinds.ts";
import { effectiveStatus, objectsOf } from "../src/schema/effective-status.ts";
import type { FieldSchema, FieldStatus, KindSchema, ObjectSchema, TypeSchema } from "../src/schema/field-schema.ts";
import { fileNameOf } from "./file-names.ts";

const header = "<!-- Made by `npm run schema -w @intramesh/config` from packages/config/src/schema; change that. -->";

/** The page of one kind: what it is for, and a table of fields for each of its objects. */
export function renderPage(schema: KindSchema): string {
  const { kind, doc } = schema;
  const info = findKind(kind);
  const versions = (info?.versions ?? []).map((version) => `\`${apiVersionOf(info!, version)}\``).join(", ");
  const file = `${fileNameOf(kind)}.json`;
  const words = "[honoured, validated, refused](README.md)";
  const links = `${versions} · [JSON Schema](../../packages/config/schema/${file}) · ${words}`;
  const tables = [...objectsOf(schema)].map(([object, limit]) => renderTable(object, limit));
  return `${[header, `# ${kind}`, doc, links, ...tables].join("\n\n")}\n`;
}

function renderTable(object: ObjectSchema, limit: FieldStatus): string {
  const fields = Object.entries(object.fields);
  const hasDifferences = fields.some(([, { differs }]) => differs !== undefined);
  const columns = ["field", "type", "", "meaning", ...(hasDifferences ? ["unlike Istio"] : [])];
  const rows = fields.map(([name, field]) => {
    const cells = [`\`${name}\``, typeWords(field.type), effectiveStatus(field, limit), meaningOf(field)];
    return row(hasDifferences ? [...cells, field.differs ?? ""] : cells);
  });
  return [`## ${object.name}`, "", object.doc, "", row(columns), row(columns.map(() => "---")), ...rows].join("\n");
}

function meaningOf(field: FieldSchema): string {
  const sentences = [
    field.doc,
    field.required === true ? "Required." : undefined,
    field.default === undefined ? undefined : `Default: ${field.default}.`,
    field.deprecated === undefined ? undefined : `Deprecated: use \`${field.deprecated}\`.`,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join(" ");
}

function typeWords(type: TypeSchema): string {
  switch (type.form) {
    case "text":
      return type.format ?? "text";
    case "flag":
      return "true or false";
    case "number":
      return "number";
    case "integer":
      return "whole number";
    case "integer-or-text":
      return "whole number or text";
    case "anything":
      return "anything";
    case "words":
      return type.words.map((word) => `\`${word}\``).join(", ");
    case "list":
      return `list of ${typeWords(type.item)}`;
    case "map":
      return `map of ${typeWords(type.value)}`;
    case "object":
      return `[${type.name}](#${type.name.toLowerCase()})`;
  }
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll("|  |", "| |");
}
