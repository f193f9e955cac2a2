import { isIP } from "node:net";
import { join } from "node:path";
import { parseMeshSettings } from "@intramesh/config";
import type { Clock, Scheduler } from "@intramesh/core";
import { type Logger, silentLogger } from "./logger.ts";
import type { MeshDocument } from "./state/registry-state.ts";
import { systemClock, systemScheduler } from "./system-time.ts";
import { type CurrentToken, followTokenFile } from "./token-file.ts";

/** How to run a registry. */
export interface RegistryOptions {
  /** Address to listen on; `127.0.0.1` unless said otherwise. Any other than loopback needs `tokenFile`. */
  readonly host?: string;
  /** 7070 unless said otherwise; 0 takes a free one. */
  readonly port?: number;
  /** Folder to keep the state in, or `:memory:`; `.intramesh/registry` under the current folder unless said otherwise. */
  readonly data?: string;
  /** File with the token that every write must carry; it may be changed while the registry runs. */
  readonly tokenFile?: string;
  /**
   * A MeshConfig for all clients: an object with fields such as `outboundTrafficPolicy`, and for the warnings to
   * writers. None: Istio's defaults.
   */
  readonly mesh?: MeshDocument;
  /** Revisions of history for watches that resume; 10,000 unless said otherwise. */
  readonly historyLimit?: number;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
}

/** Options with nothing left out. */
export interface ResolvedOptions {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly token: CurrentToken | undefined;
  readonly mesh: MeshDocument | undefined;
  readonly historyLimit: number;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}

/** Keeps the state in the process only. */
export const inMemory = ":memory:";

/** Where the state is kept unless somebody says otherwise, under the current folder. */
export const defaultDataFolder: string = join(".intramesh", "registry");

const defaultPort = 7070;

/** An hour of one change every third of a second; about 10 MB of memory. */
const defaultHistoryLimit = 10_000;

/** Fills in the defaults. Throws where they contradict each other. */
export function resolveOptions(options: RegistryOptions): ResolvedOptions {
  const host = options.host ?? "127.0.0.1";
  const clock = options.clock ?? systemClock;
  const logger = options.logger ?? silentLogger;
  const token = options.tokenFile === undefined ? undefined : followTokenFile(options.tokenFile, clock, logger);
  if (token === undefined && !isLoopback(host)) {
    throw new Error(
      `listening on ${host} lets other machines write: give --token-file FILE with a token, or listen on 127.0.0.1`,
    );
  }
  return {
    host,
    port: options.port ?? defaultPort,
    data: options.data ?? defaultDataFolder,
    token,
    mesh: options.mesh === undefined ? undefined : checkedMesh(options.mesh),
    historyLimit: options.historyLimit ?? defaultHistoryLimit,
    logger,
    clock,
    scheduler: options.scheduler ?? systemScheduler,
  };
}

function checkedMesh(mesh: MeshDocument): MeshDocument {
  const errors = parseMeshSettings(mesh).issues.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return mesh;
  const lines = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new Error(`the MeshConfig cannot be: ${lines}`);
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith("127.");
  return host === "localhost" || host === "::1";
}
