/**
 * The headers of one message: lower-case names, repeated names kept as separate lines, in order.
 * A flat array (`name, value, name, value …`), because messages have few headers and undici takes this form as it is.
 */
export class HeaderMap {
  readonly flat: string[];

  /** Takes `flat` over without a copy; its names must be lower-case already. */
  constructor(flat: string[] = []) {
    this.flat = flat;
  }

  static from(lines: Iterable<readonly [string, string]>): HeaderMap {
    const map = new HeaderMap();
    for (const [name, value] of lines) map.append(name.toLowerCase(), value);
    return map;
  }

  /** All values of `name`, joined with `,` as Envoy joins them before matching; undefined where absent. */
  get(name: string): string | undefined {
    const { flat } = this;
    let found: string | undefined;
    for (let at = 0; at < flat.length; at += 2) {
      if (flat[at] === name) found = found === undefined ? flat[at + 1]! : `${found},${flat[at + 1]!}`;
    }
    return found;
  }

  has(name: string): boolean {
    const { flat } = this;
    for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return true;
    return false;
  }

  append(name: string, value: string): void {
    this.flat.push(name, value);
  }

  /** Leaves one line of `name`, where its first stood, or at the end. */
  set(name: string, value: string): void {
    const { flat } = this;
    for (let at = 0; at < flat.length; at += 2) {
      if (flat[at] !== name) continue;
      flat[at + 1] = value;
      this.#removeFrom(at + 2, name);
      return;
    }
    flat.push(name, value);
  }

  delete(name: string): void {
    this.#removeFrom(0, name);
  }

  clone(): HeaderMap {
    return new HeaderMap(this.flat.slice());
  }

  *entries(): Generator<[string, string]> {
    const { flat } = this;
    for (let at = 0; at < flat.length; at += 2) yield [flat[at]!, flat[at + 1]!];
  }

  #removeFrom(start: number, name: string): void {
    const { flat } = this;
    let kept = start;
    for (let at = start; at < flat.length; at += 2) {
      if (flat[at] === name) continue;
      if (kept !== at) {
        flat[kept] = flat[at]!;
        flat[kept + 1] = flat[at + 1]!;
      }
      kept += 2;
    }
    flat.length = kept;
  }
}
