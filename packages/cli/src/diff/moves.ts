import type { Fate } from "./fate.ts";

/** A share of the calls that leaves one fate for another. */
export interface Move {
  readonly from: Fate;
  readonly to: Fate;
  /** Of the calls, 0 to 100. */
  readonly percent: number;
}

/** Shares are products of a few percentages: what is smaller is the arithmetic's, not the configuration's. */
const negligiblePercent = 1e-9;

interface Cell {
  readonly fate: Fate;
  left: number;
}

/**
 * What has to move to make one distribution of calls out of another, and no more: what a fate keeps does not move.
 * Losses stay at their place where they can (the same destination, now delayed); beyond that they spread over the
 * gains in proportion.
 */
export function movesBetween(before: readonly Fate[], after: readonly Fate[]): readonly Move[] {
  const losses = surplus(before, after);
  const gains = surplus(after, before);
  const moves: Move[] = [];
  const move = (loss: Cell, gain: Cell, percent: number): void => {
    if (percent <= negligiblePercent) return;
    loss.left -= percent;
    gain.left -= percent;
    moves.push({ from: loss.fate, to: gain.fate, percent });
  };
  for (const loss of losses) {
    for (const gain of gains) if (gain.fate.place === loss.fate.place) move(loss, gain, Math.min(loss.left, gain.left));
  }
  const total = gains.reduce((sum, { left }) => sum + left, 0);
  if (total <= negligiblePercent) return moves;
  const shares = gains.map(({ left }) => left / total);
  for (const loss of losses) {
    const given = loss.left;
    gains.forEach((gain, at) => {
      move(loss, gain, given * shares[at]!);
    });
  }
  return moves;
}

/** What each of `some` has more than its like in `others`. */
function surplus(some: readonly Fate[], others: readonly Fate[]): readonly Cell[] {
  return some
    .map((fate) => {
      const other = others.find(({ key }) => key === fate.key)?.percent ?? 0;
      return { fate, left: fate.percent - other };
    })
    .filter(({ left }) => left > negligiblePercent);
}
