/** The value without fields that are null, which says the same as leaving them out. The same object where none is. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return dropFromList(value);
  if (typeof value !== "object" || value === null) return value;
  let isChanged = false;
  const kept: [string, unknown][] = [];
  for (const [key, field] of Object.entries(value)) {
    const dropped = dropNulls(field);
    isChanged ||= dropped !== field || field === null;
    if (field !== null) kept.push([key, dropped]);
  }
  return isChanged ? Object.fromEntries(kept) : value;
}

function dropFromList(list: readonly unknown[]): readonly unknown[] {
  const dropped = list.map(dropNulls);
  return dropped.every((element, at) => element === list[at]) ? list : dropped;
}
