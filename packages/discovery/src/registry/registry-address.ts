import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { MeshError } from "@intramesh/core";

/** A registry that requests can be made to. */
export interface RegistryAddress {
  /** For people: the URL without credentials and trailing slash. */
  readonly name: string;
  /** Begins a request to a path of the registry; the caller ends it. */
  request(path: string, options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

/** Understands a registry's URL, which may have a path. Throws a MeshError with code MESH_BAD_OPTION for what is none. */
export function registryAddress(url: string, token: string | undefined): RegistryAddress {
  const base = parseUrl(url);
  const send = base.protocol === "https:" ? httpsRequest : httpRequest;
  const prefix = base.pathname.replace(/\/+$/, "");
  // A token that was read from a file often brings its newline along.
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token.trim()}` };
  return {
    name: `${base.origin}${prefix}`,
    request: (path, options, onResponse) =>
      send(
        new URL(`${prefix}${path}`, base.origin),
        { ...options, headers: { ...authorization, ...options.headers } },
        onResponse,
      ),
  };
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && (parsed.protocol === "http:" || parsed.protocol === "https:")) return parsed;
  throw new MeshError(
    "MESH_BAD_OPTION",
    `registry "${url}" is not the URL of a registry: expected is one such as http://127.0.0.1:7070`,
  );
}
