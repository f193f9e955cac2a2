import { badRequest } from "../http/status.ts";
import type { StoredObject } from "../state/stored-object.ts";

/** Says whether a client wants to see an object. */
export type Selector = (object: StoredObject) => boolean;

/** Both selectors of a list or watch in one. Throws an ApiError where they cannot be understood. */
export function parseSelectors(labelSelector: string | undefined, fieldSelector: string | undefined): Selector {
  const terms = [...parseLabelSelector(labelSelector ?? ""), ...parseFieldSelector(fieldSelector ?? "")];
  return (object) => terms.every((term) => term(object));
}

/** A comma that is not inside `in (a, b)`. */
const termSeparator = /,(?![^(]*\))/;
const setTerm = /^([^\s!=<>,()]+)\s+(in|notin)\s*\(([^()]*)\)$/;
const equalityTerm = /^([^\s!=<>,()]+)\s*(==|=|!=)\s*([^\s!=<>,()]*)$/;
const orderTerm = /^([^\s!=<>,()]+)\s*(<|>)\s*(-?\d+)$/;
const existsTerm = /^(!?)\s*([^\s!=<>,()]+)$/;

function parseLabelSelector(text: string): Selector[] {
  return splitTerms(text).map((term) => {
    const set = setTerm.exec(term);
    if (set !== null) {
      const [, key, operator, list] = set as unknown as [string, string, string, string];
      const values = new Set(list.split(",").map((value) => value.trim()));
      return operator === "in"
        ? labelIs(key, (value) => value !== undefined && values.has(value))
        : labelIs(key, (value) => value === undefined || !values.has(value));
    }
    const equality = equalityTerm.exec(term);
    if (equality !== null) {
      const [, key, operator, wanted] = equality as unknown as [string, string, string, string];
      return operator === "!=" ? labelIs(key, (value) => value !== wanted) : labelIs(key, (value) => value === wanted);
    }
    const order = orderTerm.exec(term);
    if (order !== null) {
      const [, key, operator, bound] = order as unknown as [string, string, string, string];
      const sign = operator === ">" ? 1 : -1;
      return labelIs(key, (value) => isWholeNumber(value) && sign * (Number(value) - Number(bound)) > 0);
    }
    const exists = existsTerm.exec(term);
    if (exists !== null) return labelIs(exists[2]!, (value) => (value === undefined) === (exists[1] === "!"));
    throw badRequest(`labelSelector: "${term}" is none of k, !k, k=v, k!=v, k in (v, w), k notin (v, w), k>1, k<1`);
  });
}

function isWholeNumber(value: string | undefined): boolean {
  return value !== undefined && /^-?\d+$/.test(value);
}

function labelIs(key: string, holds: (value: string | undefined) => boolean): Selector {
  return ({ resource }) => holds(resource.metadata.labels?.[key]);
}

function parseFieldSelector(text: string): Selector[] {
  return splitTerms(text).map((term) => {
    const equality = equalityTerm.exec(term);
    if (equality === null) throw badRequest(`fieldSelector: "${term}" is neither field=value nor field!=value`);
    const [, field, operator, wanted] = equality as unknown as [string, string, string, string];
    if (field !== "metadata.name" && field !== "metadata.namespace") {
      throw badRequest(`field label not supported: ${field}; supported are metadata.name and metadata.namespace`);
    }
    const equal = operator !== "!=";
    return field === "metadata.name"
      ? ({ name }) => (name === wanted) === equal
      : ({ namespace }) => (namespace === wanted) === equal;
  });
}

function splitTerms(text: string): string[] {
  return text
    .split(termSeparator)
    .map((term) => term.trim())
    .filter((term) => term !== "");
}
