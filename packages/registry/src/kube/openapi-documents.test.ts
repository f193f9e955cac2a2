import assert from "node:assert/strict";
import { it } from "node:test";
import { inertKinds, kinds } from "@intramesh/config";
import { openapiDocument, openapiPlaces } from "./openapi-documents.ts";

/** A part of a document, as kubectl explain walks it. */
interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

function schemaOf(group: string, version: string, name: string): Schema | undefined {
  const { components } = openapiDocument(group, version) as {
    readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  };
  return components.schemas[name];
}

function walk(schema: Schema | undefined, path: string): Schema | undefined {
  return path.split(".").reduce((at, name) => (at?.items ?? at)?.properties?.[name], schema);
}

const routes = "spec.http.route.destination.host";

for (const version of ["v1", "v1beta1", "v1alpha3"]) {
  it(`${routes} of a VirtualService is explained in ${version}`, () => {
    const virtualService = schemaOf("networking.istio.io", version, `io.istio.networking.${version}.VirtualService`);
    const host = walk(virtualService, routes);
    assert.equal(host?.type, "string");
    assert.match(host?.description ?? "", /Required\.$/);
  });
}

it("every kind has a description, and a spec with fields unless it has no effect", () => {
  const documents = openapiPlaces.map(({ group, version }) => openapiDocument(group, version));
  const schemas = documents.flatMap((document) =>
    Object.values((document as { components: { schemas: Record<string, Schema> } }).components.schemas),
  );
  assert.equal(schemas.length, [...kinds, ...inertKinds].flatMap(({ versions }) => versions).length);
  for (const schema of schemas) {
    assert.ok(schema.description);
    if (!schema.description.includes("no effect"))
      assert.notDeepEqual(Object.keys(walk(schema, "spec")?.properties ?? {}), []);
  }
});
