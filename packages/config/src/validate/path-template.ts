import type { Place } from "./place.ts";

/** Checks a path that may be a template: `{*}` is one segment, `{**}` all that are left, each a segment of its own. */
export function checkPathTemplate(path: string, place: Place): void {
  if (!path.includes("{")) return;
  if (path.replaceAll("{*}", "").replaceAll("{**}", "").includes("*")) {
    place.error(`"${path}" mixes * with a template: write {*} or {**}`);
  }
  const segments = path.split("/");
  const rest = segments.indexOf("{**}");
  if (rest >= 0 && rest !== segments.length - 1)
    place.error(`"${path}": {**} stands for all that is left, so it comes last`);
  const wrong = segments.find((segment) => /[{}]/.test(segment) && segment !== "{*}" && segment !== "{**}");
  if (wrong !== undefined)
    place.error(`"${path}": "${wrong}" is not a segment; {*} and {**} stand alone between slashes`);
}
