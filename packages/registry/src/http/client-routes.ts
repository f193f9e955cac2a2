import type { Clock } from "@intramesh/core";
import type { FastifyInstance } from "fastify";
import type { RegistryState } from "../state/registry-state.ts";
import { RevisionTimes } from "../state/revision-times.ts";
import { bodyOf } from "./app.ts";
import { readJsonObject } from "./read-json.ts";
import { invalid, type StatusCause } from "./status.ts";

/** A report that is older says nothing about its sender any more. */
const reportLifetimeMs = 60_000;

/** What one connected process says of itself. */
export interface ClientReport {
  readonly service: string;
  readonly namespace: string;
  /** The revision that it runs on. */
  readonly revision: number;
  /** Resources that it refused, and why. */
  readonly rejected: readonly unknown[];
  readonly [key: string]: unknown;
}

interface Entry {
  readonly report: ClientReport;
  readonly at: number;
}

/**
 * Which processes run which revision: they tell, and `intramesh status` asks. The answer has the registry's own
 * `revision`, and of each client that runs an older one, for how long it could have had a newer: `behindMs`.
 */
export function addClientRoutes(app: FastifyInstance, clock: Clock, state: RegistryState): void {
  const reports = new Map<string, Entry>();
  const times = new RevisionTimes(state, clock);
  const forgetOld = (): void => {
    const oldest = clock.now() - reportLifetimeMs;
    for (const [id, { at }] of reports) if (at < oldest) reports.delete(id);
  };

  app.put<{ Params: { readonly id: string } }>("/mesh/v1/clients/:id", (request, reply) => {
    forgetOld();
    const { id } = request.params;
    reports.set(id, { report: parseReport(id, readJsonObject(bodyOf(request))), at: clock.now() });
    return reply.code(204).send();
  });

  app.get("/mesh/v1/clients", () => {
    forgetOld();
    const now = clock.now();
    const items = [...reports].map(([id, { report, at }]) => ({
      id,
      ...report,
      ageMs: Math.round(now - at),
      ...(report.revision < state.revision ? { behindMs: times.behindMs(report.revision) } : {}),
    }));
    return { revision: state.revision, items: items.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  });
}

function parseReport(id: string, body: Readonly<Record<string, unknown>>): ClientReport {
  const { service, namespace, revision, rejected = [] } = body;
  const causes: StatusCause[] = [];
  const expect = (holds: boolean, field: string, rule: string): void => {
    if (holds) return;
    const message = `Invalid value: ${JSON.stringify(body[field]) ?? "nothing"}: must be ${rule}`;
    causes.push({ reason: "FieldValueInvalid", field, message });
  };
  expect(typeof service === "string" && service !== "", "service", "the name of a service");
  expect(typeof namespace === "string" && namespace !== "", "namespace", "the name of a namespace");
  expect(Number.isInteger(revision), "revision", "a revision, a whole number");
  expect(Array.isArray(rejected), "rejected", "a list");
  if (causes.length > 0) throw invalid("Client", "", id, causes);
  return { ...body, rejected } as ClientReport;
}
