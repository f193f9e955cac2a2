import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { withEnvironmentSources } from "./environment-sources.ts";
import { resolveOptions } from "./options.ts";

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** What no text can say: objects of the program's. */
const objects: ReadonlySet<string> = new Set(["metricsRegistry", "logger", "system"]);

/** Rows of the table of options: the option, and the variables that stand for it. */
const rows = [...here("../../../docs/reference/options.md").matchAll(/^\| `([\w.]+)` \|([^|]*)\|/gm)].map(
  ([, option, cell]) => ({ option: option!, variables: cell!.match(/INTRAMESH_\w+/g) ?? [] }),
);
const documented = rows.flatMap(({ variables }) => variables).sort();

/** Variables that are looked for when options are resolved. */
async function readVariables(): Promise<string[]> {
  const read = new Set<string>();
  const env = new Proxy<NodeJS.ProcessEnv>(
    {},
    {
      get: (_target, key) => {
        read.add(String(key));
        return key === "INTRAMESH_REGISTRY" ? "http://127.0.0.1:1" : undefined;
      },
    },
  );
  resolveOptions(await withEnvironmentSources({}, env), env);
  return [...read].filter((name) => name.startsWith("INTRAMESH_")).sort();
}

function propertiesOf(file: string, name: string): string[] {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(here(file))![1]!;
  return [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, property]) => property!);
}

describe("docs/reference/options.md", () => {
  it("has a row for every option of createMesh, and for nothing else", () => {
    const options = [
      ...propertiesOf("./options.ts", "MeshOptions").filter((name) => name !== "service"),
      ...propertiesOf("./access-log-options.ts", "AccessLogOptions"),
      ...propertiesOf("./service-options.ts", "ServiceOptions").map((name) => `service.${name}`),
    ];
    assert.deepEqual(rows.map(({ option }) => option).sort(), options.sort());
  });

  it("names a variable for every option that a text can say", () => {
    const without = rows.filter(({ variables }) => variables.length === 0).map(({ option }) => option);
    assert.deepEqual(without.sort(), [...objects].sort());
  });

  it("names the variables that are read, and no others", async () => {
    assert.deepEqual(documented, await readVariables());
  });
});
