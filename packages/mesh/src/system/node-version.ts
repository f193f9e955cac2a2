import { MeshError } from "@intramesh/core";

/** The oldest Node that the mesh runs on, as `engines` in package.json says: undici and others ask for it. */
export const oldestNode: { readonly major: number; readonly minor: number } = { major: 22, minor: 19 };

/** Throws a MeshError with code MESH_NODE_TOO_OLD where `version`, such as `22.19.0`, is older than that. */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor)) return;
  const needed = `${oldestNode.major}.${oldestNode.minor}`;
  throw new MeshError(
    "MESH_NODE_TOO_OLD",
    `intramesh needs Node ${needed} or newer, this is v${version}: run the program with a newer one, from https://nodejs.org for one`,
  );
}
