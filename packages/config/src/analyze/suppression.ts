import type { ObjectMeta } from "../resource.ts";

/** Annotation with the codes that are not to be reported about its resource: `IST0101,IST0174`, or `*`. */
export const suppressAnnotation = "galley.istio.io/analyze-suppress";

/** Whether a resource says itself that findings with this code are not wanted. */
export function isSuppressed(metadata: Pick<ObjectMeta, "annotations">, code: string): boolean {
  const list = metadata.annotations?.[suppressAnnotation];
  return list?.split(",").some((entry) => ["*", code].includes(entry.trim())) ?? false;
}
