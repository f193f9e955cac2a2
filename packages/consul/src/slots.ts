/** Places for things that run at the same time; who comes when all are taken waits in line. */
export interface Slots {
  /** True while somebody waits in line. */
  readonly isCrowded: boolean;
  /** Calls `enter` when there is a place, at once where there is one. Returns the function that gives the place, or the place in line, up. */
  take(enter: () => void): () => void;
}

/** Makes `count` places. */
export function createSlots(count: number): Slots {
  const line = new Set<() => void>();
  let free = count;

  function giveBack(): void {
    free += 1;
    const [next] = line;
    if (next === undefined) return;
    line.delete(next);
    free -= 1;
    next();
  }

  return {
    get isCrowded() {
      return line.size > 0;
    },
    take(enter) {
      let state: "waiting" | "inside" | "gone" = "waiting";
      const come = (): void => {
        state = "inside";
        enter();
      };
      const leave = (): void => {
        const before = state;
        state = "gone";
        if (before === "waiting") line.delete(come);
        else if (before === "inside") giveBack();
      };
      if (free > 0) {
        free -= 1;
        come();
      } else line.add(come);
      return leave;
    },
  };
}
