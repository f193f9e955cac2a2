import { HeaderMap, type HeaderOperator } from "@intramesh/core";
import type { LoggedRequest } from "../access-log/logged-request.ts";

/** A request that ended well, but for what `parts` say. */
export function loggedRequest(parts: {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly response?: Readonly<Record<string, string>> | undefined;
  readonly values?: Readonly<Record<string, string>>;
}): LoggedRequest {
  const { path = "/", headers = {}, response = {}, values = {} } = parts;
  return {
    request: { method: "GET", scheme: "http", authority: "reviews:9080", path, header: (name) => headers[name] },
    response: new HeaderMap(Object.entries(response).flat()),
    facts: {
      startedAtMs: () => 1_500,
      nowMs: () => 2_000,
      text: (operator) => ({ RESPONSE_CODE: "200", DURATION: "12", PROTOCOL: "HTTP/1.1", ...values })[operator],
      environment: () => undefined,
    },
  };
}

/** Headers and plain operators: as much of Envoy's grammar as formats are tested with. */
export function readOperator({ name, argument }: HeaderOperator): (logged: LoggedRequest) => string | undefined {
  const names = argument.toLowerCase().split("?");
  if (name === "START_TIME") return ({ facts }) => new Date(facts.startedAtMs()).toISOString();
  if (name === "RESP") return ({ response }) => response?.get(names[0]!);
  if (name !== "REQ") return ({ facts }) => facts.text(name);
  return ({ request }) =>
    names
      .map(
        (each) =>
          ({ ":method": request.method, ":path": request.path, ":authority": request.authority })[each] ??
          request.header(each),
      )
      .find((value) => value !== undefined);
}
