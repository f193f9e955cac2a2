import { flag, honoured, listOf, mapOf, object, portOrNone, text, validated } from "./build-schema.ts";
import type { ObjectSchema } from "./field-schema.ts";
import { stringMatch } from "./string-match.ts";

export const httpMatch: ObjectSchema = object(
  "HttpMatchRequest",
  "What a request has to be like: everything in one entry holds. An empty entry takes every request.",
  {
    name: honoured(text, "A name for people: the decision shows it behind the rule's name."),
    uri: honoured(stringMatch, "The path without query, normalised first. An empty prefix takes every path."),
    scheme: honoured(stringMatch, "`http` or `https`, as called. Case counts."),
    method: honoured(stringMatch, "The method. Case counts."),
    authority: honoured(stringMatch, "The authority called, with its port where one was written. Case counts."),
    headers: honoured(
      mapOf(stringMatch),
      "By header name, in any case: every one is there and fits. Values of a repeated header are joined with commas first.",
    ),
    withoutHeaders: honoured(
      mapOf(stringMatch),
      "By header name: none fits. An absent header counts as the empty text; `{}` or the regex `*` asks for absence.",
    ),
    queryParams: honoured(mapOf(stringMatch), "By name: the first value of the parameter, not decoded."),
    port: honoured(portOrNone, "The port of the service that was called, 1 to 65535; 0 is any.", {
      differs: "The port in the URL stands for the listener's.",
    }),
    sourceLabels: honoured(mapOf(text), "Labels that the calling workload has. Not looked at beside `gateways`."),
    gateways: honoured(listOf(text), "`mesh`, or Gateways as `name` or `namespace/name`.", {
      default: "the VirtualService's gateways",
    }),
    ignoreUriCase: honoured(flag, "Compares `uri` without case; exact and prefix only.", { default: "false" }),
    sourceNamespace: honoured(text, "Namespace of the calling workload. Not looked at beside `gateways`."),
    statPrefix: validated(text, "Prefix of statistics for the route.", {
      differs: "There are no statistics by route.",
    }),
  },
);
