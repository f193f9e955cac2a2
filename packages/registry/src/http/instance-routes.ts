import type { FastifyInstance } from "fastify";
import type { InstanceKeeper } from "../instances/instance-keeper.ts";
import type { InstanceAddress } from "../instances/workload-entry.ts";
import { bodyOf, sendJson } from "./app.ts";

const collection = "/mesh/v1/namespaces/:namespace/services/:service/instances";

/** Registration, renewal and departure of instances, and taking them out of service and back. */
export function addInstanceRoutes(app: FastifyInstance, instances: InstanceKeeper): void {
  app.put<{ Params: InstanceAddress }>(`${collection}/:instance`, (request, reply) => {
    const { created, json } = instances.put(request.params, bodyOf(request));
    return sendJson(reply, created ? 201 : 200, json);
  });

  app.delete<{ Params: InstanceAddress; Querystring: { readonly session?: string } }>(
    `${collection}/:instance`,
    (request, reply) => {
      instances.remove(request.params, request.query.session);
      const { instance: name } = request.params;
      const details = { name, kind: "instances" };
      return reply.send({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details, code: 200 });
    },
  );

  app.post<{ Params: InstanceAddress }>(`${collection}/:instance/drain`, ({ params }) =>
    instances.setDrained(params, true),
  );

  app.delete<{ Params: InstanceAddress }>(`${collection}/:instance/drain`, ({ params }) =>
    instances.setDrained(params, false),
  );

  app.get<{ Params: InstanceAddress }>(`${collection}/:instance`, (request) => instances.get(request.params));

  app.get<{ Params: Omit<InstanceAddress, "instance"> }>(collection, ({ params }) => ({
    items: instances.list((at) => at.namespace === params.namespace && at.service === params.service),
  }));

  app.get("/mesh/v1/instances", () => ({ items: instances.list(() => true) }));
}
