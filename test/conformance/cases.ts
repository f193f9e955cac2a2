import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { sharedFolder } from "../support/shared-folder.ts";

/** A request against a configuration, and what of the decision must be so. */
export interface RouteCase {
  readonly name: string;
  readonly base?: "bookinfo" | "none";
  readonly config: string;
  readonly request: {
    readonly url: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly gateway?: string;
  };
  readonly expect: Readonly<Record<string, unknown>>;
}

/** A resource, and whether it is accepted. */
export interface ValidateCase {
  readonly name: string;
  readonly resource: string;
  readonly valid: boolean;
  readonly errors?: readonly string[];
  readonly warnings?: readonly string[];
}

/** The cases of one file. Its name says of which kind they are. */
export function readCases<Case>(file: string): readonly Case[] {
  return parse(readFileSync(join(sharedFolder, "conformance", file), "utf8")) as readonly Case[];
}

/** The objects of a text with several YAML documents. */
export function readDocuments(text: string): readonly unknown[] {
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as unknown;
    })
    .filter((object) => object !== null && object !== undefined);
}

/** The mesh that a case's own resources are added to. */
export function readBase(base: RouteCase["base"] = "bookinfo"): readonly unknown[] {
  if (base === "none") return [];
  return readDocuments(readFileSync(join(sharedFolder, "conformance/base/bookinfo.yaml"), "utf8"));
}
