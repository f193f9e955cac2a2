import type { KindInfo } from "@intramesh/config";
import { storedKinds } from "./served-kinds.ts";

/** A length-delimited field of protobuf. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function message(...fields: readonly Buffer[]): Buffer {
  return Buffer.concat(fields);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

// Numbers are those of gnostic's openapiv2/OpenAPIv2.proto.

const queryParameters = ["dryRun", "fieldManager", "fieldValidation"].map((name) => {
  const query = message(field(2, "query"), field(4, name), field(6, "string"));
  const nonBody = field(3, query);
  const parameter = field(2, nonBody);
  return field(8, field(1, parameter));
});

/**
 * `/openapi/v2`, which is asked for in protobuf only: that every kind's objects can be patched with `dryRun`. kubectl
 * before 1.27 looks here before it does `--dry-run=server` and `diff`; what a kind may say stands in `/openapi/v3`.
 */
export const openapiV2: { readonly type: string; readonly body: Buffer } = {
  // With a dot for the `@` that kubectl asks with: it cannot parse its own spelling as a media type.
  type: "application/com.github.proto-openapi.spec.v2.v1.0+protobuf",
  body: message(
    field(1, "2.0"),
    field(2, message(field(1, "intramesh registry"), field(2, "v1"))),
    field(8, message(...storedKinds.flatMap(pathsOf))),
  ),
};

function pathsOf({ group, kind, versions, plural }: KindInfo): readonly Buffer[] {
  return versions.map((version) => {
    const yaml = `group: "${group}"\nkind: ${kind}\nversion: ${version}\n`;
    const extension = message(field(1, "x-kubernetes-group-version-kind"), field(2, field(2, yaml)));
    const operation = message(...queryParameters, field(13, extension));
    return field(2, message(field(1, `/${group}/${version}/${plural}/{name}`), field(2, field(8, operation))));
  });
}
