/** What tests do to an agent as its operators would. */
export interface ConsulApi {
  /** Registers a service with the agent, without a check unless one is given. */
  register(service: Readonly<Record<string, unknown>>): Promise<void>;
  deregister(id: string): Promise<void>;
  /** Sets the state of a TTL check. */
  check(id: string, state: "pass" | "warn" | "fail"): Promise<void>;
  putKey(key: string, value: string): Promise<void>;
  deleteKey(key: string): Promise<void>;
  /** Ids of the services that this agent has. */
  serviceIds(): Promise<readonly string[]>;
}

/** The HTTP API of the agent at this URL. */
export function consulApi(url: string): ConsulApi {
  async function call(method: string, path: string, body?: string): Promise<Response> {
    const response = await fetch(`${url}/v1/${path}`, { method, ...(body === undefined ? {} : { body }) });
    if (!response.ok) throw new Error(`${method} ${path} is answered ${response.status}: ${await response.text()}`);
    return response;
  }
  return {
    register: async (service) => void (await call("PUT", "agent/service/register", JSON.stringify(service))),
    deregister: async (id) => void (await call("PUT", `agent/service/deregister/${id}`)),
    check: async (id, state) => void (await call("PUT", `agent/check/${state}/${id}`)),
    putKey: async (key, value) => void (await call("PUT", `kv/${key}`, value)),
    deleteKey: async (key) => void (await call("DELETE", `kv/${key}`)),
    serviceIds: async () => Object.keys((await (await call("GET", "agent/services")).json()) as object),
  };
}
