import { honoured, object, regex, text } from "./build-schema.ts";
import type { ObjectSchema } from "./field-schema.ts";

/** How a text is compared. */
export const stringMatch: ObjectSchema = object(
  "StringMatchSpec",
  "How a text is compared: one of the three. Without any of them the text has to be there, whatever it is.",
  {
    exact: honoured(text, "The whole text."),
    prefix: honoured(text, "How the text begins. Plain text: `/foo` takes `/foobar` too. Empty for `uri` only."),
    regex: honoured(regex, "RE2 syntax, has to cover the whole text; at most 1024 characters."),
  },
);
