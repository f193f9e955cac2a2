/*
 * A client in a process of its own, which tests stop, block and starve. Arguments: ports of its upstreams.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { createMesh } from "intramesh";
import { route, service, stateSource } from "../matrix/mesh-stage.ts";

/** What a client is told. */
export type ClientCommand =
  | { readonly do: "block"; readonly ms: number }
  | { readonly do: "burst"; readonly calls: number }
  | { readonly do: "report" };

/** What has become of its calls since it was last asked. */
export interface ClientReport {
  readonly calls: number;
  /** Of calls that did not bring 200: status and flags. */
  readonly failures: readonly string[];
  readonly ejected: readonly string[];
}

const places = process.argv.slice(2).map((port) => ({ port: Number(port) }));
const outliers =
  "{ outlierDetection: { consecutive5xxErrors: 3, interval: 1s, baseEjectionTime: 30s, maxEjectionPercent: 100 } }";
const mesh = await createMesh({
  service: { name: "client" },
  logger: { warn: () => undefined },
  sources: [
    stateSource([
      ...service("upstream", places, outliers),
      ...route(
        "upstream",
        "retries: { attempts: 2, perTryTimeout: 300ms, retryOn: '5xx,connect-failure' }, timeout: 900ms",
      ),
    ]),
  ],
});
await mesh.ready();

let calls = 0;
let failures: string[] = [];
const ejected: string[] = [];
mesh.on("endpointEjected", ({ endpoint }) => void ejected.push(endpoint));

async function call(): Promise<void> {
  calls += 1;
  const response = await mesh.fetch("http://upstream/");
  if (response.status !== 200)
    failures.push(`${response.status} ${response.headers.get("x-intramesh-response-flags")} ${await response.text()}`);
  else await response.arrayBuffer();
}

async function callOnAndOn(): Promise<never> {
  // Refusals come without a turn of the event loop: without one here they would fill it.
  for (;;) await call().then(() => nextTurn());
}

function report(): void {
  const said: ClientReport = { calls, failures, ejected };
  process.send!(said);
  calls = 0;
  failures = [];
}

process.on("message", async (command: ClientCommand) => {
  if (command.do === "block") {
    const until = performance.now() + command.ms;
    while (performance.now() < until);
    report();
  } else if (command.do === "burst") {
    await Promise.all(Array.from({ length: command.calls }, call));
    report();
  } else {
    report();
  }
});
if (process.env["CALLERS"] !== undefined)
  for (let caller = 0; caller < Number(process.env["CALLERS"]); caller += 1) void callOnAndOn();
process.send!("ready");
