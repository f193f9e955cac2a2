/** A request's hold on something of which there is only so much. */
export interface Place {
  /** True until there is room for it; then the `start` that it was asked for with is called. */
  readonly waiting: boolean;
  /** Gives the place up, on its way or still waiting; later calls do nothing. */
  leave(): void;
}

/** A place that is told by its keeper when it may begin, and tells its keeper, once, when it is left. */
export class RequestPlace implements Place {
  #start: (() => void) | undefined;
  #onLeave: ((place: RequestPlace) => void) | undefined;

  /** `start` is undefined for a place that needs not wait. */
  constructor(start: (() => void) | undefined, onLeave: (place: RequestPlace) => void) {
    this.#start = start;
    this.#onLeave = onLeave;
  }

  get waiting(): boolean {
    return this.#start !== undefined;
  }

  /** Ends the waiting. */
  begin(): void {
    const start = this.#start;
    this.#start = undefined;
    start?.();
  }

  leave(): void {
    const onLeave = this.#onLeave;
    this.#onLeave = undefined;
    this.#start = undefined;
    onLeave?.(this);
  }
}
