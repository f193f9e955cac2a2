import { honoured, listOf, mapOf, object, percentage, port, text } from "./build-schema.ts";
import type { ObjectSchema } from "./field-schema.ts";

export const portSelector: ObjectSchema = object("PortSelector", "One port of a service.", {
  number: honoured(port, "Number of the service's port, 1 to 65535.", { required: true }),
});

export const percent: ObjectSchema = object("PercentSpec", "A share of the requests.", {
  value: honoured(percentage, "Percent, 0 to 100 in steps of 0.0001.", { default: "0" }),
});

export const destination: ObjectSchema = object("Destination", "Where requests go.", {
  host: honoured(
    text,
    "A service: its short name, completed with the VirtualService's namespace, or any name with a dot as it stands.",
    { required: true },
  ),
  subset: honoured(text, "A subset of the host's DestinationRule. An unknown one answers 503 `NC`."),
  port: honoured(portSelector, "The service's port.", { default: "the port that the client called" }),
});

const operations: ObjectSchema = object(
  "HeaderOperationsSpec",
  "Changes of headers: removed first, then set, then added. Values take Envoy's `%…%` operators; `%%` is a percent sign.",
  {
    set: honoured(mapOf(text), "Replaces the header. `Host` and `:authority` on requests only.", {
      differs: "An operator that only a proxy has a value for gives `-`.",
    }),
    add: honoured(mapOf(text), "Adds a value to the header.", {
      differs: "An operator that only a proxy has a value for gives `-`.",
    }),
    remove: honoured(listOf(text), "Takes headers away; not `Host`, not pseudo-headers."),
  },
);

export const headers: ObjectSchema = object("HeadersSpec", "Changes of headers, both ways.", {
  request: honoured(operations, "On the way to the destination."),
  response: honoured(operations, "On the way back."),
});
