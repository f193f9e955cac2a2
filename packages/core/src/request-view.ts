/** The few questions routing may ask of a request. */
export interface RequestView {
  readonly method: string;
  readonly scheme: string;
  /** Host as the caller wrote it, with its port where it has one. */
  readonly authority: string;
  /** Path with its query. */
  readonly path: string;
  /** Value of a header by lower-case name, repeated lines joined with `,`; undefined where absent. */
  header(name: string): string | undefined;
}
