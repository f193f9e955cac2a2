import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let parent: string | undefined;

/** A folder for the last known good state of a test's meshes; it is gone when the tests of this process have ended. */
export function stateFolder(): string {
  parent ??= temporaryParent();
  return mkdtempSync(join(parent, "state-"));
}

function temporaryParent(): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-consul-state-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
