import type { LoggedRequest } from "./logged-request.ts";

/** Lower-case names of headers that an expression asks for. */
export interface HeaderNames {
  readonly request: ReadonlySet<string>;
  readonly response: ReadonlySet<string>;
}

/** Envoy's attributes (docs, "Attributes") that a filter may name. */
export const attributeNames: ReadonlySet<string> = new Set(
  `request.path request.url_path request.host request.scheme request.method request.headers request.referer
  request.useragent request.id request.protocol request.query request.duration request.size
  response.code response.code_details response.headers response.grpc_status response.size
  source.address destination.address upstream.address xds.cluster_name xds.route_name`.split(/\s+/),
);

/**
 * Their values for one request. What has none is absent: an expression that needs it has no value either. `durationOf`
 * makes CEL's durations of milliseconds.
 */
export function attributesOf(logged: LoggedRequest, names: HeaderNames, durationOf: (ms: number) => unknown): object {
  const { request, response, facts } = logged;
  const [urlPath = "", query = ""] = request.path.split("?", 2);
  const tookMs = facts.text("DURATION");
  const header = (name: string): string | undefined => request.header(name);
  return {
    request: present({
      path: request.path,
      url_path: urlPath,
      query,
      host: request.authority,
      scheme: request.scheme,
      method: request.method,
      protocol: facts.text("PROTOCOL") ?? "HTTP/1.1",
      referer: header("referer"),
      useragent: header("user-agent"),
      id: header("x-request-id"),
      duration: tookMs === undefined ? undefined : durationOf(Number(tookMs)),
      size: integerOf(facts.text("BYTES_RECEIVED")),
      headers: headersOf(names.request, header),
    }),
    response: present({
      code: integerOf(facts.text("RESPONSE_CODE")),
      code_details: facts.text("RESPONSE_CODE_DETAILS"),
      grpc_status: integerOf(response?.get("grpc-status")),
      size: integerOf(facts.text("BYTES_SENT")),
      headers: headersOf(names.response, (name) => response?.get(name)),
    }),
    source: present({ address: facts.text("DOWNSTREAM_REMOTE_ADDRESS") }),
    destination: present({ address: facts.text("DOWNSTREAM_LOCAL_ADDRESS") }),
    upstream: present({ address: facts.text("UPSTREAM_HOST") }),
    xds: present({ cluster_name: facts.text("UPSTREAM_CLUSTER"), route_name: facts.text("ROUTE_NAME") }),
  };
}

function headersOf(names: ReadonlySet<string>, read: (name: string) => string | undefined): object {
  return present(Object.fromEntries([...names].map((name) => [name, read(name)])));
}

function present(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** Whole numbers of CEL. */
function integerOf(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined;
}
