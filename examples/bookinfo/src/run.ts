import { join, relative } from "node:path";
import { parseOptions, usage } from "./bookinfo-options.ts";
import { type Bookinfo, startBookinfo } from "./start-bookinfo.ts";

/* `npm run bookinfo`: starts everything, says how to play with it, and stops everything on Ctrl-C. */

const exampleFolder = join(import.meta.dirname, "..");
const defaultRegistryPort = "7070";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopping.abort());
// Whoever started this is gone without a signal.
process.on("disconnect", () => stopping.abort());

process.exitCode = await run();
if (process.connected) process.disconnect();

async function run(): Promise<number> {
  let bookinfo: Bookinfo;
  try {
    const options = parseOptions(process.argv.slice(2), join(exampleFolder, ".cache"));
    if (options === undefined) {
      console.log(usage);
      return 0;
    }
    bookinfo = await startBookinfo(options, (line) => console.error(line), stopping.signal);
    console.log(options.consul === undefined ? welcome(bookinfo, options.data) : welcomeWithConsul(bookinfo));
  } catch (error) {
    if (stopping.signal.aborted) return 0;
    console.error(`bookinfo: ${(error as Error).message}`);
    return 1;
  }
  for (const [name, { ended }] of bookinfo.programs) {
    void ended.then((how) => {
      if (!stopping.signal.aborted) console.error(`${name} has ended (${how}); the others go on`);
    });
  }
  await aborted(stopping.signal);
  console.log("\nStopping: the services leave first, so that nobody calls them any more.");
  await bookinfo.stop();
  return 0;
}

/** A path as one would type it here. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") || fromHere === "" ? path : fromHere;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function welcome({ url, registryUrl }: Bookinfo, data: string): string {
  const folder = shortest(exampleFolder);
  const isDefault = new URL(registryUrl).port === defaultRegistryPort;
  const apply = (file: string): string =>
    `npx intramesh apply ${isDefault ? "" : `--registry ${registryUrl} `}-f ${join(folder, "config", file)}`;
  return `
Bookinfo runs, as seven processes and a registry.

  product page   ${url}/productpage
  registry       ${registryUrl}, data in ${shortest(data)}

Reload the page: no stars, black stars, red stars. Calls to reviews spread over its versions v1, v2 and v3.
To log in as jason, type jason into the field at the top of the page and press "Sign in"; there is no password.

Steer the calls from another terminal:

  ${apply("destination-rules.yaml")}   # names the versions
  ${apply("all-v1.yaml")}              # no stars for anybody
  ${apply("reviews-jason-v2.yaml")}    # black stars for jason, none for others

More to try: ${join(folder, "README.md")}. Ctrl-C stops everything.
`;
}

function welcomeWithConsul({ url, registryUrl }: Bookinfo): string {
  const folder = shortest(exampleFolder);
  const put = (file: string): string =>
    `curl -T ${join(folder, "config", file)} ${registryUrl}/v1/kv/intramesh/resources/${file}`;
  return `
Bookinfo runs, as seven processes and without a registry: Consul knows them.

  product page   ${url}/productpage
  Consul         ${registryUrl}/ui

Reload the page: no stars, black stars, red stars. Calls to reviews spread over its versions v1, v2 and v3.
Steer the calls from another terminal, by keys that hold Istio's YAML:

  ${put("destination-rules.yaml")}
  ${put("all-v1.yaml")}

and take a key away to end what it did:

  curl -X DELETE ${registryUrl}/v1/kv/intramesh/resources/all-v1.yaml

More to try: ${join(folder, "README.md")}. Ctrl-C stops the services; Consul stays.
`;
}
