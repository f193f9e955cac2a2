import type { Place } from "./place.ts";
import type { Shape } from "./shape.ts";

/** What the rules of a kind need to know of the resource around the spec. */
export interface SpecOwner {
  readonly namespace: string;
  readonly name: string;
}

/** The checks of one kind: form first, then the rules that presume it. */
export interface SpecCheck {
  /** Parts of a spec that stand each by itself, see `soundPart`; none where everything hangs together. */
  readonly parts: readonly string[];
  /** True where the form is right, so that `checkRules` may be asked. */
  checkShape(spec: unknown, place: Place): boolean;
  /** `spec` has the right form and no nulls. */
  checkRules(spec: unknown, place: Place, owner: SpecOwner): void;
}

/** Joins form and rules of a kind. */
export function defineSpecCheck<Spec>(
  shape: Shape<Spec>,
  rules: (spec: Spec, place: Place, owner: SpecOwner) => void,
  parts: readonly string[] = [],
): SpecCheck {
  return {
    parts,
    checkShape: (spec, place) => shape(spec, place),
    // `checkShape` has said yes to this spec.
    checkRules: (spec, place, owner) => rules(spec as Spec, place, owner),
  };
}
