import { parseArgs } from "node:util";
import { createRegistry } from "@intramesh/registry";
import { parsePort } from "../parse-port.ts";
import { tellStarter, whenToldToStop } from "./starter.ts";

/* The registry that Bookinfo runs with: what `intramesh registry --port PORT --data DIR` runs. */

const { values } = parseArgs({
  options: { port: { type: "string", default: "7070" }, data: { type: "string", default: ":memory:" } },
});

const options = {
  port: parsePort("--port", values.port),
  data: values.data,
  logger: {
    info: () => {},
    warn: (message: string) => console.warn(message),
    error: (message: string) => console.error(message),
  },
};
try {
  const registry = await createRegistry(options);
  whenToldToStop(() => registry.close());
  tellStarter({ type: "listening", url: registry.url });
  tellStarter({ type: "ready" });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
