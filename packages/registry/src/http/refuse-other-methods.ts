import type { FastifyInstance, HTTPMethods } from "fastify";
import { methodNotAllowed } from "./status.ts";

/** Those that a client may think of; Kubernetes answers them with 405, too. */
const methods: readonly HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Answers every method that a path does not have with 405 and, in `Allow`, those that it has. Called before the routes
 * are added; what it returns when all of them are.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const here = known.get(url) ?? new Set();
    for (const each of [method].flat()) here.add(each);
    known.set(url, here);
  });
  return () => {
    for (const [url, here] of [...known]) {
      const allow = methods.filter((method) => here.has(method)).join(", ");
      app.route({
        method: methods.filter((method) => !here.has(method)),
        url,
        handler: (_request, reply) => {
          reply.header("allow", allow);
          throw methodNotAllowed();
        },
      });
    }
  };
}
