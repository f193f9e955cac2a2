import assert from "node:assert/strict";
import { it } from "node:test";
import { apiVersionOf, kinds } from "../kinds.ts";
import { parseResource } from "../parse-resource.ts";
import { effectiveStatus, objectsOf } from "./effective-status.ts";
import type { FieldSchema, FieldStatus, ObjectSchema } from "./field-schema.ts";
import { kindSchemas } from "./kind-schemas.ts";

/** Every field of every kind as `Kind Object.field`, with the status that holds there. */
function* allFields(): Generator<readonly [place: string, field: FieldSchema, status: FieldStatus]> {
  for (const schema of kindSchemas) {
    for (const [{ name, fields }, limit] of objectsOf(schema)) {
      for (const [key, field] of Object.entries(fields)) {
        yield [`${schema.kind} ${name}.${key}`, field, effectiveStatus(field, limit)];
      }
    }
  }
}

function placesOf(status: FieldStatus): readonly string[] {
  return [...allFields()].filter(([, , each]) => each === status).map(([place]) => place);
}

it("every kind has a table and every table a kind", () => {
  const names = (list: readonly { readonly kind: string }[]): readonly string[] => list.map(({ kind }) => kind).sort();
  assert.deepEqual(names(kindSchemas), names(kinds));
});

it("a name belongs to one object", () => {
  const byName = new Map<string, ObjectSchema>();
  for (const object of kindSchemas.flatMap((schema) => [...objectsOf(schema).keys()])) {
    assert.equal(byName.get(object.name) ?? object, object, object.name);
    byName.set(object.name, object);
  }
});

it("every text is made of whole sentences", () => {
  for (const [place, { doc, differs = "-." }] of allFields()) {
    assert.match(doc, /^[A-Z0-9`].*[.…]$/s, place);
    assert.match(differs, /\.$/, place);
  }
});

it("a default is part of a sentence", () => {
  for (const [place, field] of allFields()) assert.doesNotMatch(field.default ?? "", /\.$/, place);
});

it("a deprecated field names one that is there", () => {
  const names = new Set(kindSchemas.flatMap((schema) => [...objectsOf(schema).keys()]).flatMap(namesOf));
  for (const [place, { deprecated }] of allFields()) {
    if (deprecated !== undefined) assert.ok(names.has(deprecated.split(".")[0]!), place);
  }
});

it("nothing of a kind that is validated only is honoured", () => {
  const validatedOnly = kindSchemas.filter(({ status }) => status === "validated").map(({ kind }) => kind);
  const honoured = placesOf("honoured").filter((place) => validatedOnly.includes(place.split(" ")[0]!));
  assert.deepEqual(honoured, []);
});

it("refused are two old faults, tunnels and the PROXY protocol", () => {
  assert.deepEqual(placesOf("refused"), [
    "VirtualService FaultDelay.exponentialDelay",
    "VirtualService FaultAbort.http2Error",
    "DestinationRule TrafficPolicy.tunnel",
    "DestinationRule TrafficPolicy.proxyProtocol",
    "DestinationRule TunnelSpec.protocol",
    "DestinationRule TunnelSpec.targetHost",
    "DestinationRule TunnelSpec.targetPort",
    "DestinationRule ProxyProtocolSpec.version",
  ]);
});

for (const info of kinds) {
  it(`${info.kind} takes no field that is not in its table`, () => {
    const apiVersion = apiVersionOf(info);
    const { issues } = parseResource({ apiVersion, kind: info.kind, metadata: { name: "x" }, spec: { stray: 1 } });
    assert.ok(issues.some(({ path, message }) => path === "spec.stray" && message.startsWith("unknown field")));
  });
}

function namesOf({ fields }: ObjectSchema): readonly string[] {
  return Object.keys(fields);
}
