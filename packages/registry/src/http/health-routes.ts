import type { FastifyInstance } from "fastify";
import { metricsText, metricsType } from "./metrics-text.ts";
import { type MetricsParts, registryMetrics } from "./registry-metrics.ts";
import { unavailable } from "./status.ts";

/** Load balancers may ask by HEAD. */
const probed = { exposeHeadRoute: true };

/** `/healthz`, `/livez`: the process answers. `/readyz`: it takes writes, too. `/metrics`: for Prometheus. */
export function addHealthRoutes(app: FastifyInstance, parts: MetricsParts): void {
  for (const path of ["/healthz", "/livez"]) {
    app.get(path, probed, (_request, reply) => reply.type("text/plain").send("ok"));
  }
  app.get("/readyz", probed, (_request, reply) => {
    const { failure } = parts.state;
    if (failure !== undefined) throw unavailable(failure.message, 5);
    return reply.type("text/plain").send("ok");
  });
  app.get("/metrics", (_request, reply) => reply.type(metricsType).send(metricsText(registryMetrics(parts))));
}
