import type { Issue } from "../resource.ts";

/** Istio's code for everything that schema and validation refuse. */
export const validationCode = "IST0106";

/** A place in a resource that findings are about. Places of one resource collect into one list. */
export class Place {
  readonly path: string;
  readonly #issues: Issue[];
  readonly #misfits: string[];

  /** `misfits` gets the paths of values whose form is wrong, so that nobody reads them. */
  constructor(issues: Issue[], path: string, misfits: string[] = []) {
    this.#issues = issues;
    this.#misfits = misfits;
    this.path = path;
  }

  field(name: string): Place {
    return new Place(this.#issues, this.path === "" ? name : `${this.path}.${name}`, this.#misfits);
  }

  /** An element of a list, or an entry of a map. */
  at(key: number | string): Place {
    return new Place(this.#issues, `${this.path}[${key}]`, this.#misfits);
  }

  error(message: string): void {
    this.#issues.push({ code: validationCode, severity: "error", path: this.path, message });
  }

  /** The value has the wrong form: it is none of its field. */
  misfit(message: string): void {
    this.#misfits.push(this.path);
    this.error(message);
  }

  /** Accepted, but hardly what was meant. */
  warn(message: string, code: string = validationCode): void {
    this.#issues.push({ code, severity: "warning", path: this.path, message });
  }
}
