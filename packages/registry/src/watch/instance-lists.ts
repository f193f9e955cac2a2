import { isInService } from "../instances/in-service.ts";
import { workloadEntryKind } from "../instances/workload-entry.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { type InstanceTerm, registeredService } from "./instance-terms.ts";

/** More lists than a mesh has services that are called; the oldest goes. */
const maxLists = 2_000;

interface List {
  readonly term: InstanceTerm;
  readonly line: Buffer;
}

/** The instances of each term as one line, made once for all who ask for them until one of them changes. */
export class InstanceLists {
  readonly #state: RegistryState;
  /** By the term's text. */
  readonly #lists: Map<string, List> = new Map();
  /** Instances by the service that they registered for, and by their key. */
  readonly #byService: Map<string, Map<string, StoredObject>> = new Map();

  constructor(state: RegistryState) {
    this.#state = state;
    for (const object of state.ofKind(workloadEntryKind)) this.#index(object);
    state.onChange((changes) => {
      for (const change of changes) this.#take(change);
    });
  }

  /** An `INSTANCES` event of registry-protocol.ts. */
  of(term: InstanceTerm): Buffer {
    const known = this.#lists.get(term.text);
    if (known !== undefined) return known.line;
    const objects: string[] = [];
    for (const object of this.#candidates(term)) {
      if (term.covers(object) && isInService(object.resource)) objects.push(object.json);
    }
    const head = `{"type":"INSTANCES","service":${JSON.stringify(term.text)},"objects":[`;
    const line = Buffer.from(`${head}${objects.join()}]}\n`);
    this.#lists.set(term.text, { term, line });
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > maxLists && oldest !== undefined) this.#lists.delete(oldest);
    return line;
  }

  #candidates({ service }: InstanceTerm): Iterable<StoredObject> {
    if (service === undefined) return this.#state.ofKind(workloadEntryKind);
    return this.#byService.get(service)?.values() ?? [];
  }

  #take({ type, object, previous }: Change): void {
    if (object.info !== workloadEntryKind) return;
    if (previous !== undefined) this.#unindex(previous);
    if (type !== "DELETED") this.#index(object);
    for (const [text, { term }] of this.#lists) {
      if (term.covers(object) || (previous !== undefined && term.covers(previous))) this.#lists.delete(text);
    }
  }

  #index(object: StoredObject): void {
    const service = registeredService(object);
    if (service === undefined) return;
    const instances = this.#byService.get(service) ?? new Map<string, StoredObject>();
    this.#byService.set(service, instances.set(object.name, object));
  }

  #unindex(object: StoredObject): void {
    const service = registeredService(object);
    const instances = service === undefined ? undefined : this.#byService.get(service);
    instances?.delete(object.name);
    if (instances?.size === 0) this.#byService.delete(service!);
  }
}
