import { parseArgs } from "node:util";
import { parsePort } from "../parse-port.ts";

/** What a service of Bookinfo is started with. */
export interface ServiceOptions {
  /** `--port`: where it listens; 0, a free one, unless said otherwise. */
  readonly port: number;
  /** `--version`: which of the service's versions it is; `v1` unless said otherwise. */
  readonly version: string;
  /** `--database`: a file or a `mysql://` URL, for ratings v2. */
  readonly database: string | undefined;
}

/** Reads the command line of a service that has these versions. Throws where it cannot be. */
export function serviceOptions(versions: readonly string[] = ["v1"]): ServiceOptions {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "0" },
      version: { type: "string", default: "v1" },
      database: { type: "string" },
    },
  });
  const { version, database } = values;
  if (!versions.includes(version))
    throw new Error(`--version ${version} does not exist: it is ${versions.join(" or ")}`);
  return { port: parsePort("--port", values.port), version, database };
}
