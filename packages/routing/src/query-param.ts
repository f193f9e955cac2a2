/**
 * First value of a query parameter, undecoded; `""` for a parameter without `=`, undefined where absent.
 * Reads in place: nothing is parsed for rules that do not ask.
 */
export function findQueryParam(path: string, name: string): string | undefined {
  const question = path.indexOf("?");
  if (question < 0) return undefined;
  const hash = path.indexOf("#", question);
  const end = hash < 0 ? path.length : hash;
  let start = question + 1;
  while (start < end) {
    const ampersand = path.indexOf("&", start);
    const stop = ampersand < 0 || ampersand > end ? end : ampersand;
    if (path.startsWith(name, start)) {
      const after = start + name.length;
      if (after === stop) return "";
      if (after < stop && path[after] === "=") return path.slice(after + 1, stop);
    }
    start = stop + 1;
  }
  return undefined;
}
