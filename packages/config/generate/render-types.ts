import { apiVersionOf, findKind } from "../src/kinds.ts";
import { describeField } from "../src/schema/describe-field.ts";
import { effectiveStatus, innerObject, objectsOf } from "../src/schema/effective-status.ts";
import type { FieldSchema, FieldStatus, KindSchema, ObjectSchema, TypeSchema } from "../src/schema/field-schema.ts";
import { findKindSchema } from "../src/schema/kind-schemas.ts";
import { aliases, kindNames, type TypeFile, typeFiles, unionFile } from "./type-files.ts";

const lineWidth = 120;

/** Says where a file comes from. */
export const typesHeader = "// Made by `npm run schema` from the tables in src/schema; change those.";

/** Every file of types below `src/spec`, by its name. */
export function renderTypeFiles(): ReadonlyMap<string, string> {
  const homes = new Map<ObjectSchema, string>();
  const rendered = new Map<string, string>();
  for (const entry of typeFiles) rendered.set(entry.file, renderFile(entry, homes));
  return rendered.set(unionFile, renderUnion());
}

/** `homes` says where objects of earlier files stand, and learns those of this one. */
function renderFile({ file, kinds, also }: TypeFile, homes: Map<ObjectSchema, string>): string {
  const schemas = kinds.map(schemaOf);
  const objects = new Map<ObjectSchema, FieldStatus>();
  for (const schema of schemas) {
    for (const [object, limit] of [...objectsOf(schema)].flatMap(withBase)) {
      if ((homes.get(object) ?? file) !== file || objects.has(object)) continue;
      homes.set(object, file);
      objects.set(object, limit);
    }
  }
  const blocks = [
    ...schemas.map(renderKind),
    ...[...objects].map(([object, limit]) => renderObject(object, limit)),
    ...(also === undefined ? [] : [also]),
  ];
  const imports = renderImports([...objects.keys()], file, homes);
  return `${[typesHeader, imports, ...blocks].join("\n\n")}\n`;
}

function withBase([object, limit]: [ObjectSchema, FieldStatus]): readonly [ObjectSchema, FieldStatus][] {
  return object.base === undefined
    ? [[object, limit]]
    : [
        [object, limit],
        [object.base, limit],
      ];
}

function renderImports(
  objects: readonly ObjectSchema[],
  file: string,
  homes: ReadonlyMap<ObjectSchema, string>,
): string {
  const foreign = new Map<string, Set<string>>();
  for (const used of objects.flatMap(usedObjects)) {
    const home = homes.get(used);
    if (home === undefined || home === file) continue;
    foreign.set(home, (foreign.get(home) ?? new Set()).add(used.name));
  }
  const lines = [...foreign].sort().map(([home, names]) => importLine([...names].sort(), `./${home}`));
  return ['import type { Resource } from "../resource.ts";', ...lines].join("\n");
}

function usedObjects(object: ObjectSchema): readonly ObjectSchema[] {
  return Object.values(object.fields)
    .map(({ type }) => innerObject(type))
    .filter((inner) => inner !== undefined);
}

function importLine(names: readonly string[], from: string): string {
  const line = `import type { ${names.join(", ")} } from "${from}";`;
  return line.length <= lineWidth
    ? line
    : `import type {\n${names.map((name) => `  ${name},\n`).join("")}} from "${from}";`;
}

function renderObject(object: ObjectSchema, limit: FieldStatus): string {
  const { name, doc, base } = object;
  const own = Object.entries(object.fields).filter(([field]) => base?.fields[field] === undefined);
  const lines = own.map(([field, schema]) => renderField(field, schema, limit)).join("\n");
  const isAlias = aliases.has(name);
  const head = isAlias ? `type ${name} =` : `interface ${name}${base === undefined ? "" : ` extends ${base.name}`}`;
  return `${renderComment(doc, "")}\nexport ${head} {\n${lines}\n}${isAlias ? ";" : ""}`;
}

function renderField(name: string, field: FieldSchema, limit: FieldStatus): string {
  const comment = renderComment(describeField(field, effectiveStatus(field, limit)), "  ", field.deprecated);
  const head = `  readonly ${name}?:`;
  const line = `${head} ${typeText(field.type)};`;
  return `${comment}\n${line.length <= lineWidth ? line : `${head}${brokenText(field.type)};`}`;
}

/** The type in several lines, as the formatter breaks it. */
function brokenText(type: TypeSchema): string {
  if (type.form === "list" && type.item.form === "words") return ` readonly (${brokenText(type.item)}\n  )[]`;
  return type.form === "words" ? type.words.map((word) => `\n    | "${word}"`).join("") : ` ${typeText(type)}`;
}

function typeText(type: TypeSchema): string {
  switch (type.form) {
    case "text":
      return "string";
    case "flag":
      return "boolean";
    case "number":
    case "integer":
      return "number";
    case "integer-or-text":
      return "number | string";
    case "anything":
      return "unknown";
    case "words":
      return type.words.map((word) => `"${word}"`).join(" | ");
    case "list": {
      const item = typeText(type.item);
      return item.includes(" | ") ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case "map":
      return `Readonly<Record<string, ${typeText(type.value)}>>`;
    case "object":
      return type.name;
  }
}

function renderKind({ kind, doc, spec }: KindSchema): string {
  const info = findKind(kind);
  const versions = (info?.versions ?? []).map((version) => `"${apiVersionOf(info!, version)}"`);
  const line = `  readonly apiVersion: ${versions.join(" | ")};`;
  const apiVersion =
    line.length <= lineWidth
      ? line
      : `  readonly apiVersion:${versions.map((version) => `\n    | ${version}`).join("")};`;
  return [
    renderComment(doc, ""),
    `export interface ${kind} extends Resource<${spec.name}> {`,
    apiVersion,
    `  readonly kind: "${kind}";`,
    "}",
  ].join("\n");
}

/** The union of all kinds, told apart by `kind`. */
function renderUnion(): string {
  const imports = [...typeFiles]
    .sort((one, other) => (one.file < other.file ? -1 : 1))
    .map(({ file, kinds }) => importLine([...kinds].sort(), `./${file}`));
  const members = kindNames.map((kind) => `\n  | ${kind}`).join("");
  const comment = renderComment("A resource of any kind, told apart by `kind`.", "");
  return `${typesHeader}\n\n${imports.join("\n")}\n\n${comment}\nexport type AnyResource =${members};\n`;
}

function renderComment(text: string, indent: string, deprecated?: string): string {
  const single = `${indent}/** ${text} */`;
  if (single.length <= lineWidth && deprecated === undefined) return single;
  const lines = wrap(text, lineWidth - indent.length - 3);
  const tag = deprecated === undefined ? [] : [`@deprecated Use ${deprecated}.`];
  return [`${indent}/**`, ...[...lines, ...tag].map((line) => `${indent} * ${line}`), `${indent} */`].join("\n");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function schemaOf(kind: string): KindSchema {
  const schema = findKindSchema(kind);
  if (schema === undefined) throw new Error(`${kind} has no schema: add it to src/schema/kind-schemas.ts`);
  return schema;
}
