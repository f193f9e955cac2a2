import { spawn } from "node:child_process";
import { once } from "node:events";
import { CommandFailure } from "./command-result.ts";
import { exitCodes } from "./exit-code.ts";

/** Lets a person change a file; resolves when the editor has ended well, rejects with a CommandFailure otherwise. */
export type OpenEditor = (file: string) => Promise<void>;

/** What kubectl takes, too. */
const fallbackEditor = process.platform === "win32" ? "notepad" : "vi";

/** The editor of KUBE_EDITOR, else EDITOR, else vi. Its variable may hold flags: `code --wait`. */
export function editorOf(env: Readonly<Record<string, string | undefined>>): OpenEditor {
  const editor = env["KUBE_EDITOR"] || env["EDITOR"] || fallbackEditor;
  return async (file) => {
    // A shell splits the flags off, as for git and kubectl.
    const child = spawn(`${editor} "${file}"`, { shell: true, stdio: "inherit" });
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    if (code === 0) return;
    const end = code === null ? `signal ${signal}` : `exit code ${code}`;
    throw new CommandFailure(
      exitCodes.notFine,
      `error: the editor "${editor}" ended with ${end}; name another one by KUBE_EDITOR or EDITOR`,
    );
  };
}
