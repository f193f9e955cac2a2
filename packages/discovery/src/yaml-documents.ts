import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type ParsedNode,
  parseAllDocuments,
  stringify,
} from "yaml";

/** Where a text is not YAML. */
export interface YamlError {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `file:line:column: what is wrong`, on one line. */
  readonly message: string;
}

/** One document of a file. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where its first key stands, from 1. */
  readonly line: number;
  /** Line of a field such as `spec.http[0].timeout` or `metadata.labels[a.b/c]`, from 1; undefined where it is not there. */
  lineOf(path: string): number | undefined;
}

/** What a file holds. */
export interface YamlDocuments {
  /** Those without errors, in order; empty ones (comments only) are left out. */
  readonly documents: readonly YamlDocument[];
  readonly errors: readonly YamlError[];
}

/** Most aliases that a file may expand to: a few lines of them can stand for gigabytes. */
const maxAliases = 100;

/** Parses a file of YAML 1.2 documents, which JSON is one of, with merge keys (`<<`) as kubectl takes them. `file` is for the messages only. */
export function parseYamlDocuments(text: string, file: string): YamlDocuments {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const documents: YamlDocument[] = [];
  const errors: YamlError[] = [];
  for (const document of "empty" in parsed ? [] : parsed) {
    const tooDeep = document.errors.find(({ message }) => isStackOverflow(message));
    const broken = (tooDeep === undefined ? document.errors : [tooDeep]).map(({ message, pos }) =>
      errorAt(file, lines, pos[0], message),
    );
    if (broken.length > 0) errors.push(...broken);
    else if (!isEmpty(document)) {
      const read = readDocument(document, lines, file);
      if ("message" in read) errors.push(read);
      else documents.push(read);
    }
  }
  return { documents, errors };
}

/** A value as YAML text, as people write resources: no anchors, no folded lines. */
export function formatYaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function readDocument(document: Document.Parsed, lines: LineCounter, file: string): YamlDocument | YamlError {
  const start = document.contents?.range[0] ?? document.range[0];
  try {
    return {
      value: document.toJS({ maxAliasCount: maxAliases }),
      line: lines.linePos(start).line,
      lineOf: (path) => lineOf(document.contents, path, lines),
    };
  } catch (error) {
    return errorAt(file, lines, start, (error as Error).message);
  }
}

function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents === null || (!isCollection(contents) && document.toJS() === null);
}

/** The parser follows nesting by recursion, and V8's words for its end are of no use to who wrote the file. */
function isStackOverflow(message: string): boolean {
  return /maximum call stack|stack overflow/i.test(message);
}

const tooDeepToRead = "lists and objects are nested too deep to be read; no resource needs more than 100 levels";

function errorAt(file: string, lines: LineCounter, offset: number, reason: string): YamlError {
  const { line, col } = lines.linePos(offset);
  const sentence = isStackOverflow(reason) ? tooDeepToRead : reason.replaceAll(/\s+/g, " ").trim();
  return { file, line, column: col, message: `${file}:${line}:${col}: ${sentence}` };
}

function lineOf(contents: ParsedNode | null, path: string, lines: LineCounter): number | undefined {
  let node: unknown = contents;
  let offset = contents?.range[0];
  for (const [whole, inside] of path.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)) {
    const step = inside ?? whole;
    if (!isCollection(node)) return undefined;
    // A map's field is where its key is; a list's item is where it begins.
    const entry: unknown = isMap(node)
      ? node.items.find(({ key }) => isNode(key) && String(key) === step)
      : node.items[Number(step)];
    const position = isPair(entry) ? entry.key : entry;
    if (!isNode(position) || position.range == null) return undefined;
    offset = position.range[0];
    node = isPair(entry) ? entry.value : entry;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
