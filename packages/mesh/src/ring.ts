/** The last few of something, oldest first. */
export interface Ring<Item> {
  push(item: Item): void;
  items(): Item[];
}

/** Keeps the last `size` items. */
export function createRing<Item>(size: number): Ring<Item> {
  const slots: Item[] = [];
  let next = 0;
  return {
    push(item) {
      slots[next] = item;
      next = (next + 1) % size;
    },
    items: () => (slots.length < size ? slots.slice() : [...slots.slice(next), ...slots.slice(0, next)]),
  };
}
