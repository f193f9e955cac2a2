import { parseArgs } from "node:util";
import { parsePort } from "./parse-port.ts";
import { isMysqlUrl } from "./ratings/mysql-ratings.ts";

/** How to run Bookinfo. */
export interface BookinfoOptions {
  /** URL of a Consul agent in the registry's place; undefined starts a registry. */
  readonly consul?: string | undefined;
  /** Port of the registry; 0 takes a free one. */
  readonly registryPort: number;
  /** Port of the productpage; 0 takes a free one. */
  readonly port: number;
  /** Folder for the registry's data, the ratings of v2 and each process's last known good state. */
  readonly data: string;
  /** `mysql://` URL for the ratings of v2; undefined keeps them in an SQLite file under `data`. */
  readonly ratingsDatabase: string | undefined;
}

/** What `npm run bookinfo -- --help` prints. */
export const usage = `npm run bookinfo -- [options]

  --registry-port PORT     the registry's port (7070); 0 takes a free one
  --port PORT              the product page's port (9080); 0 takes a free one
  --data DIR               where the registry and ratings v2 keep their data (examples/bookinfo/.cache)
  --ratings-database URL   mysql://user:password@host:3306/database for ratings v2, instead of SQLite
  --consul URL             a Consul agent, http://127.0.0.1:8500 for one, in the registry's place
  --help                   this text
`;

/** Reads the command line; undefined where it asks for help. Throws where it cannot be. */
export function parseOptions(args: readonly string[], defaultData: string): BookinfoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "registry-port": { type: "string", default: "7070" },
      port: { type: "string", default: "9080" },
      data: { type: "string", default: defaultData },
      "ratings-database": { type: "string" },
      consul: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const ratingsDatabase = values["ratings-database"];
  if (ratingsDatabase !== undefined && !isMysqlUrl(ratingsDatabase)) {
    throw new Error(
      `--ratings-database ${ratingsDatabase} is not the URL of a database: it begins with mysql:// or mariadb://`,
    );
  }
  const registryPort = parsePort("--registry-port", values["registry-port"]);
  const port = parsePort("--port", values.port);
  const { consul } = values;
  if (consul !== undefined && !/^https?:\/\/[^/]+\/?$/.test(consul)) {
    throw new Error(`--consul ${consul} is not the address of an agent: http://127.0.0.1:8500 is one`);
  }
  if (consul === undefined && port === registryPort && port !== 0) {
    throw new Error(`--port and --registry-port are both ${port}: the product page and the registry need one each`);
  }
  const place = consul === undefined ? {} : { consul: consul.replace(/\/$/, "") };
  return { ...place, registryPort, port, data: values.data, ratingsDatabase };
}
