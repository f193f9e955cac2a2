import { apiVersionOf, type KindInfo, type Resource } from "@intramesh/config";
import { settingsPath, type WatchEvent, watchPath } from "@intramesh/discovery";
import { CommandFailure } from "./command-result.ts";
import { exitCodes } from "./exit-code.ts";

/** Where the registry is, unless somebody says otherwise. */
export const defaultRegistry = "http://127.0.0.1:7070";

/** A finding on one field of a refused object. */
export interface Cause {
  readonly field: string;
  readonly message: string;
}

/** An answer that is no success, as Kubernetes words it. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly Cause[];
}

/** What came back. */
export type Answer =
  | { readonly ok: true; readonly body: unknown; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

export interface RegistryAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/** One registry, over HTTP. Methods throw a CommandFailure where it cannot be reached. */
export class RegistryClient {
  readonly #base: string;
  readonly #token: string | undefined;

  constructor({ url, token }: RegistryAddress) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      throw new CommandFailure(exitCodes.usage, `error: --registry ${url} is no http or https URL`);
    }
    this.#base = url.replace(/\/+$/, "");
    this.#token = token;
  }

  get(path: string, accept: string = "application/json"): Promise<Answer> {
    return this.#ask("GET", path, undefined, accept);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.#ask("POST", path, body);
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.#ask("PUT", path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.#ask("DELETE", path, undefined);
  }

  /** Lines of a stream of JSON, until it ends. */
  async *lines(path: string, accept: string): AsyncGenerator<unknown> {
    const response = await this.#fetch("GET", path, undefined, accept);
    if (!response.ok || response.body === null) throw refused((await readAnswer(response)) as Answer & { ok: false });
    let rest = "";
    try {
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) yield JSON.parse(line);
      }
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  /** Every resource that there is. */
  async allResources(): Promise<Resource[]> {
    const resources: Resource[] = [];
    for await (const event of this.lines(`${watchPath}?since=0`, "application/x-ndjson")) {
      // The registry's own protocol.
      const { type, ...rest } = event as WatchEvent;
      if (type === "BOOKMARK") break;
      if ("object" in rest) resources.push(rest.object);
    }
    return resources;
  }

  /** The MeshConfig that the registry was started with; empty where it has none, or is too old to say. */
  async meshConfig(): Promise<unknown> {
    const answer = await this.get(settingsPath);
    return answer.ok ? answer.body : {};
  }

  async #ask(method: string, path: string, body: unknown, accept: string = "application/json"): Promise<Answer> {
    return readAnswer(await this.#fetch(method, path, body, accept));
  }

  async #fetch(method: string, path: string, body: unknown, accept: string): Promise<Response> {
    const headers: Record<string, string> = { accept };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (this.#token !== undefined) headers["authorization"] = `Bearer ${this.#token}`;
    try {
      return await fetch(this.#base + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  #unreachable(error: unknown): CommandFailure {
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
    const reason = cause?.code ?? cause?.message ?? (error as Error).message;
    return new CommandFailure(
      exitCodes.unreachable,
      `error: the registry at ${this.#base} cannot be reached (${reason})\n` +
        "Start one with `intramesh registry`, or name another with --registry URL or INTRAMESH_REGISTRY.",
    );
  }
}

/** Where the objects of a kind are; `namespace` undefined for all of them, or for a kind without. */
export function collectionPath(info: KindInfo, namespace: string | undefined): string {
  const base = info.group === "" ? `/api/${info.versions[0]}` : `/apis/${apiVersionOf(info)}`;
  const inside = info.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${base}${inside}/${info.plural}`;
}

/** Where one object is. */
export function objectPath(info: KindInfo, namespace: string, name: string): string {
  return `${collectionPath(info, namespace)}/${encodeURIComponent(name)}`;
}

/** A refusal as the end of a command. */
export function refused({ refusal }: Extract<Answer, { ok: false }>): CommandFailure {
  return new CommandFailure(exitCodes.notFine, refusalText(refusal));
}

/** A refusal in one line. */
export function refusalText({ reason, message }: Refusal): string {
  return `Error from server (${reason}): ${message}`;
}

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  if (response.ok) {
    const warnings = parseWarnings(response.headers.get("warning"));
    return { ok: true, body: text === "" ? undefined : JSON.parse(text), warnings };
  }
  return { ok: false, refusal: parseRefusal(response.status, text) };
}

/** Something else may answer at that address: then its status is all there is to tell. */
function parseRefusal(status: number, text: string): Refusal {
  try {
    const body = JSON.parse(text) as {
      readonly reason?: string;
      readonly message?: string;
      readonly details?: { readonly causes?: readonly Cause[] };
    };
    return {
      status,
      reason: body.reason ?? "Unknown",
      message: body.message ?? text,
      causes: body.details?.causes ?? [],
    };
  } catch {
    return { status, reason: "Unknown", message: `HTTP ${status}, which is no answer of a registry`, causes: [] };
  }
}

/** Reads `299 - "text"` headers, which come joined by commas. */
function parseWarnings(header: string | null): string[] {
  return [...(header ?? "").matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text]) =>
    text!.replaceAll(/\\(.)/g, "$1"),
  );
}
