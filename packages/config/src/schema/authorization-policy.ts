import { listOf, object, oneOf, text, validated } from "./build-schema.ts";
import type { FieldSchema, KindSchema, ObjectSchema } from "./field-schema.ts";
import { targetFields } from "./workload-target.ts";

const comparison = "Values are compared whole, by `abc*`, by `*abc`, or `*` for being there.";

/** A list and its negation, `name` and `notName`. */
function pair(name: string, wanted: string): Readonly<Record<string, FieldSchema>> {
  const negated = `not${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return {
    [name]: validated(listOf(text), `${wanted}: one of them fits.`),
    [negated]: validated(listOf(text), `${wanted}: none of them fits.`),
  };
}

const source: ObjectSchema = object("AuthorizationSource", `Who calls: every field fits. ${comparison}`, {
  ...pair("principals", "Identities by certificate, `trust-domain/ns/namespace/sa/account`"),
  ...pair("requestPrincipals", "Identities by token, `issuer/subject`"),
  ...pair("namespaces", "Namespaces of the caller"),
  ...pair("serviceAccounts", "Accounts of the caller, `namespace/account`, without wildcards"),
  ...pair("ipBlocks", "Addresses or ranges that the connection comes from"),
  ...pair("remoteIpBlocks", "Addresses or ranges of the first caller, behind proxies"),
  ...pair("trustDomains", "Trust domains of the caller"),
});

const operation: ObjectSchema = object("AuthorizationOperation", `What is called: every field fits. ${comparison}`, {
  ...pair("hosts", "Hosts, in any case"),
  ...pair("ports", "Ports, as text"),
  ...pair("methods", "Methods"),
  ...pair("paths", "Paths without query, `{*}` and `{**}` standing for segments"),
});

const condition: ObjectSchema = object("AuthorizationCondition", "One more attribute.", {
  key: validated(text, "The attribute, such as `request.headers[x-token]` or `source.ip`.", { required: true }),
  values: validated(listOf(text), "One of them fits."),
  notValues: validated(listOf(text), "None of them fits."),
});

const ruleFrom: ObjectSchema = object("AuthorizationFrom", "One kind of caller.", {
  source: validated(source, "Who calls.", { required: true }),
});

const ruleTo: ObjectSchema = object("AuthorizationTo", "One kind of call.", {
  operation: validated(operation, "What is called.", { required: true }),
});

const rule: ObjectSchema = object("AuthorizationRule", "All three parts fit. An empty rule takes every request.", {
  from: validated(listOf(ruleFrom), "Any of these callers."),
  to: validated(listOf(ruleTo), "Any of these calls."),
  when: validated(listOf(condition), "All of these attributes."),
});

const provider: ObjectSchema = object("AuthorizationProvider", "Who decides in the mesh's place.", {
  name: validated(text, "Its name in the mesh's settings.", { required: true }),
});

export const authorizationPolicy: KindSchema = {
  kind: "AuthorizationPolicy",
  doc: "Who may call what. Kept and checked; no program enforces it yet.",
  status: "validated",
  spec: object("AuthorizationPolicySpec", "Workloads, rules and what becomes of requests that fit.", {
    ...targetFields,
    rules: validated(listOf(rule), "Any of these. ALLOW without rules lets nobody in; DENY and CUSTOM need some."),
    action: validated(oneOf("ALLOW", "DENY", "AUDIT", "CUSTOM"), "What becomes of a request that fits.", {
      default: "ALLOW",
    }),
    provider: validated(provider, "Who decides. CUSTOM only."),
  }),
};
