import { createRequire } from "node:module";
import type { Socket } from "node:net";
import type {
  Agent as UndiciAgent,
  buildConnector as UndiciConnectorFactory,
  Dispatcher as UndiciDispatcher,
  errors as UndiciErrors,
  Pool as UndiciPool,
} from "undici";

/*
 * The parts of undici that the mesh stands on, one by one instead of through its index. Two reasons: the index installs
 * a global dispatcher as it loads, which breaks the fetch that is built into Node 22 (nodejs/undici#5500), and it takes
 * three times as long. undici is pinned exactly and has no exports map; a test loads every part.
 */
const require = createRequire(import.meta.url);

export const Agent: typeof UndiciAgent = require("undici/lib/dispatcher/agent.js");
export const Pool: typeof UndiciPool = require("undici/lib/dispatcher/pool.js");
export const Dispatcher: typeof UndiciDispatcher = require("undici/lib/dispatcher/dispatcher.js");
export type Agent = UndiciAgent;
export type Pool = UndiciPool;
export type Dispatcher = UndiciDispatcher;

/** Its errors, for those who tell them apart by class or code. */
export const errors: typeof UndiciErrors = require("undici/lib/core/errors.js");

/** `request`, `stream`, `pipeline`, `connect` and `upgrade`, as undici puts them on a dispatcher. */
export const dispatcherMethods: object = require("undici/lib/api/index.js");

/** Opens a connection and says so; undici leaves out of its types that it returns the socket. */
export type Connector = (...parameters: Parameters<UndiciConnectorFactory.connector>) => Socket;

export const buildConnector: (
  options: UndiciConnectorFactory.BuildOptions,
) => Connector = require("undici/lib/core/connect.js");

interface LegacyBridge {
  wrapHandler(handler: UndiciDispatcher.DispatchHandler): UndiciDispatcher.DispatchHandler;
}
const bridge: LegacyBridge = require("undici/lib/dispatcher/dispatcher1-wrapper.js");

/** Turns a handler of undici 7 or 6 (`onConnect`, `onHeaders` …) into one of undici 8. */
export function modernHandler(handler: UndiciDispatcher.DispatchHandler): UndiciDispatcher.DispatchHandler {
  return typeof handler.onRequestStart === "function" ? handler : bridge.wrapHandler(handler);
}
