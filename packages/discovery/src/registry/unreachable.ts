import { MeshError } from "@intramesh/core";

/** Says which registry cannot be reached, why, and what holds meanwhile. `name` is its URL. */
export function unreachable(name: string, cause: Error, meanwhile: string): MeshError {
  return new MeshError(
    "MESH_REGISTRY_UNREACHABLE",
    `registry ${name} cannot be reached: ${causeText(cause)}; ${meanwhile}`,
    {
      cause,
    },
  );
}

/** One line about an error of Node's, whose message is empty where several addresses failed. */
export function causeText(error: Error): string {
  if (error.message !== "") return error.message;
  return error instanceof AggregateError ? error.errors.map((each: Error) => each.message).join(", ") : error.name;
}
