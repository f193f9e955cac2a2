import type { StoredObject } from "../state/stored-object.ts";
import type { Block } from "./feed.ts";
import { type InstanceTerm, registeredService } from "./instance-terms.ts";

/** Terms that one stream may have; a client that calls more services asks for all. */
const maxTerms = 5_000;

/** Whose instances one stream brings. */
export class InstanceScope {
  readonly #texts: Set<string> = new Set();
  readonly #services: Set<string> = new Set();
  readonly #selectors: InstanceTerm[] = [];

  constructor(terms: readonly InstanceTerm[]) {
    for (const term of terms) this.add(term);
  }

  /** False where it is there already. */
  add(term: InstanceTerm): boolean {
    if (this.#texts.has(term.text) || this.#texts.size >= maxTerms) return false;
    this.#texts.add(term.text);
    if (term.service === undefined) this.#selectors.push(term);
    else this.#services.add(term.service);
    return true;
  }

  /** What of a block this stream gets. */
  bytesOf({ bytes, narrow }: Block): Buffer {
    if (narrow === undefined || this.#covers(narrow.object)) return bytes;
    const { leaving, elsewhere } = narrow;
    return leaving !== undefined && this.#covers(leaving.object) ? leaving.bytes : elsewhere;
  }

  #covers(object: StoredObject): boolean {
    const service = registeredService(object);
    if (service !== undefined && this.#services.has(service)) return true;
    return this.#selectors.some((term) => term.covers(object));
  }
}
