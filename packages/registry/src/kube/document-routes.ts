import type { FastifyInstance } from "fastify";
import {
  coreVersionsDocument,
  groupDocument,
  groupListDocument,
  namedGroups,
  resourceListDocument,
  versionDocument,
  versionsOf,
} from "./discovery-documents.ts";
import { openapiDocument, openapiIndex, openapiPlaces } from "./openapi-documents.ts";
import { openapiV2 } from "./openapi-v2.ts";

/** What Kubernetes' clients read to learn what there is. `own` is the registry's version. */
export function addDocumentRoutes(app: FastifyInstance, own: string): void {
  const serve = (path: string, document: unknown): void => {
    app.get(path, () => document);
  };
  serve("/version", versionDocument(own));
  serve("/api", coreVersionsDocument());
  serve("/api/v1", resourceListDocument("", "v1"));
  serve("/apis", groupListDocument());
  for (const group of namedGroups) {
    serve(`/apis/${group}`, groupDocument(group));
    for (const version of versionsOf(group)) serve(`/apis/${group}/${version}`, resourceListDocument(group, version));
  }
  app.get("/openapi/v2", (_request, reply) => reply.type(openapiV2.type).send(openapiV2.body));
  serve("/openapi/v3", openapiIndex(own));
  for (const { path, group, version } of openapiPlaces) serve(`/openapi/v3/${path}`, openapiDocument(group, version));
}
