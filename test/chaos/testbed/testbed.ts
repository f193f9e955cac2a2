import type { Resource } from "@intramesh/config";
import { pushSource } from "@intramesh/testing";
import { createMesh, type Mesh, type MeshOptions } from "intramesh";
import { type Replica, type ReplicaOptions, startReplica, startTier } from "../upstreams/start-replica.ts";
import { resources, service } from "./resources.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** Everything that a test starts, ended with it. */
export interface Testbed {
  replica(name: string, options?: ReplicaOptions): Promise<Replica>;
  replicas(count: number, options?: ReplicaOptions): Promise<Replica[]>;
  /** A process that asks the port for everything, as its `reviews`. */
  tier(name: string, port: number, yaml: string): Promise<Replica>;
  proxy(target: number): Promise<TcpProxy>;
  /** A mesh that knows the service `reviews` on port 80 with these ports, and the resources of `yaml`. */
  mesh(ports: readonly number[], yaml?: string, options?: MeshOptions): Promise<Mesh>;
  end(): Promise<void>;
}

/** Fails early where something does not come up. */
export function createTestbed(): Testbed {
  const replicas: Replica[] = [];
  const proxies: TcpProxy[] = [];
  const meshes: Mesh[] = [];

  async function replica(name: string, options?: ReplicaOptions): Promise<Replica> {
    return kept(await startReplica(name, options));
  }

  function kept(started: Replica): Replica {
    replicas.push(started);
    return started;
  }

  return {
    replica,
    replicas: (count, options) => Promise.all(Array.from({ length: count }, (_, at) => replica(`v${at + 1}`, options))),
    tier: async (name, port, yaml) => kept(await startTier(name, port, yaml)),
    async proxy(target) {
      const proxy = await startTcpProxy(target);
      proxies.push(proxy);
      return proxy;
    },
    async mesh(ports, yaml = "", options = {}) {
      const source = pushSource<Resource>();
      source.push([...service("reviews", ports), ...resources(yaml)]);
      const mesh = await createMesh({
        service: { name: "caller" },
        logger: { warn: () => undefined },
        ...options,
        sources: [source],
      });
      meshes.push(mesh);
      await mesh.ready();
      return mesh;
    },
    async end() {
      await Promise.all(replicas.map((each) => each.kill()));
      await Promise.all(meshes.map((mesh) => mesh.close()));
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}
