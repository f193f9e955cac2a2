/** Name of a kind's files, without ending: `virtual-service`. */
export function fileNameOf(kind: string): string {
  return kind.replaceAll(/(?<!^)([A-Z])/g, "-$1").toLowerCase();
}
