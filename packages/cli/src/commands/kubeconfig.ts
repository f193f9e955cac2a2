import { readFileSync, writeFileSync } from "node:fs";
import { type CommandResult, printed, usageFailure } from "../command-result.ts";
import { exitCodes } from "../exit-code.ts";

export interface KubeconfigOptions {
  /** The registry's URL. */
  readonly server: string;
  readonly token: string | undefined;
  /** The context's; kubectl's own default is `default`, too. */
  readonly namespace: string;
  /** PEM file with the certificate that vouches for an https registry. */
  readonly certificateAuthority: string | undefined;
  /** Where to write it; stdout where it is left out. */
  readonly file: string | undefined;
  /** A file that is there may be written over. */
  readonly force: boolean;
}

/** Cluster, user and context all go by this name. */
const name = "intramesh";

/** Prints or writes a kubeconfig by which kubectl finds the registry (client-go's `clientcmd/api/v1` Config). */
export function kubeconfig(options: KubeconfigOptions): CommandResult {
  const { server, token, file } = options;
  if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
    throw usageFailure(`--registry ${server} is no http or https URL`);
  }
  const isSecure = server.startsWith("https:");
  if (options.certificateAuthority !== undefined && !isSecure) {
    throw usageFailure(`--certificate-authority is for an https registry, ${server} is not one`);
  }
  const err =
    token !== undefined && !isSecure
      ? [`warning: the token is left out: kubectl sends none over http, so that it cannot write to ${server}`]
      : [];
  const text = document(options, isSecure ? token : undefined);
  if (file === undefined) return { ...printed(text), err };
  write(file, text, options.force);
  return { out: `${file} written; use it with: kubectl --kubeconfig ${file} get vs\n`, err, code: exitCodes.fine };
}

/** A token may be in it: it is for its owner's eyes. */
function write(file: string, text: string, force: boolean): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: force ? "w" : "wx" });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw usageFailure(`${file} cannot be written: ${message}`);
    throw usageFailure(`${file} is there already: choose another --file, or write over it with --force`);
  }
}

function document(options: KubeconfigOptions, token: string | undefined): string {
  const { server, namespace, certificateAuthority } = options;
  const authority =
    certificateAuthority === undefined ? "" : `\n    certificate-authority-data: ${encodedFile(certificateAuthority)}`;
  // JSON's text is YAML's, too.
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${JSON.stringify(server.replace(/\/+$/, ""))}${authority}
users:
- name: ${name}
  user: ${token === undefined ? "{}" : `{ token: ${JSON.stringify(token)} }`}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${name}
    namespace: ${JSON.stringify(namespace)}
current-context: ${name}
`;
}

function encodedFile(path: string): string {
  try {
    return readFileSync(path).toString("base64");
  } catch (error) {
    throw usageFailure(`--certificate-authority ${path} cannot be read: ${(error as Error).message}`);
  }
}
