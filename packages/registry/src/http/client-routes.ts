import type { Clock } from "@intramesh/core";
import type { FastifyInstance } from "fastify";
import type { ClientReport, ClientReports } from "../clients/client-reports.ts";
import type { MeshRevisions } from "../clients/mesh-revisions.ts";
import type { RegistryState } from "../state/registry-state.ts";
import { RevisionTimes } from "../state/revision-times.ts";
import { bodyOf } from "./app.ts";
import { readJsonObject } from "./read-json.ts";
import { invalid, type StatusCause } from "./status.ts";

/** What the routes of clients stand on. */
export interface ClientParts {
  readonly state: RegistryState;
  readonly clock: Clock;
  readonly reports: ClientReports;
  readonly revisions: MeshRevisions;
}

/**
 * Which processes run which revision: they tell, and `intramesh status` asks. The answer has the registry's own
 * `revision`, which is also that of each client that lacks nothing, and of one that does, for how long it could have
 * had a newer one: `behindMs`.
 */
export function addClientRoutes(app: FastifyInstance, { state, clock, reports, revisions }: ClientParts): void {
  const times = new RevisionTimes(state, clock);

  app.put<{ Params: { readonly id: string } }>("/mesh/v1/clients/:id", (request, reply) => {
    const { id } = request.params;
    reports.put(id, parseReport(id, readJsonObject(bodyOf(request))));
    return reply.code(204).send();
  });

  app.delete<{ Params: { readonly id: string } }>("/mesh/v1/clients/:id", (request, reply) => {
    reports.remove(request.params.id);
    return reply.code(204).send();
  });

  app.get("/mesh/v1/clients", () => {
    const now = clock.now();
    const items = reports.all().map(({ id, report, at }) => {
      const revision = report.revision === 0 ? 0 : revisions.reached(report.revision);
      const behind = revision < state.revision ? { behindMs: times.behindMs(revision) } : {};
      return { id, ...report, revision, ageMs: Math.round(now - at), ...behind };
    });
    return { revision: state.revision, items };
  });
}

function parseReport(id: string, body: Readonly<Record<string, unknown>>): ClientReport {
  const { service, namespace, revision, library, rejected = [] } = body;
  const causes: StatusCause[] = [];
  const expect = (holds: boolean, field: string, rule: string): void => {
    if (holds) return;
    const message = `Invalid value: ${JSON.stringify(body[field]) ?? "nothing"}: must be ${rule}`;
    causes.push({ reason: "FieldValueInvalid", field, message });
  };
  expect(typeof service === "string" && service !== "", "service", "the name of a service");
  expect(typeof namespace === "string" && namespace !== "", "namespace", "the name of a namespace");
  expect(Number.isSafeInteger(revision) && Number(revision) >= 0, "revision", "a revision, a whole number");
  expect(Array.isArray(rejected), "rejected", "a list");
  expect(library === undefined || typeof library === "string", "library", "a version, as text");
  if (causes.length > 0) throw invalid("Client", "", id, causes);
  return { ...body, rejected } as ClientReport;
}
