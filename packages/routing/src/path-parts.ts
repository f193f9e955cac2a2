/** Where the path ends and its query or fragment begins; the length of the text where it has neither. */
export function pathEnd(path: string): number {
  const question = path.indexOf("?");
  const hash = path.indexOf("#");
  if (question < 0) return hash < 0 ? path.length : hash;
  return hash < 0 || question < hash ? question : hash;
}

/** The path alone, without query and fragment. */
export function barePath(path: string): string {
  const end = pathEnd(path);
  return end === path.length ? path : path.slice(0, end);
}
