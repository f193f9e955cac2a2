/** The three parts of `region/zone/subzone`; missing ones are empty. */
export interface LocalityParts {
  readonly region: string;
  readonly zone: string;
  readonly subzone: string;
}

/** Takes a locality apart. */
export function localityParts(name: string): LocalityParts {
  const [region = "", zone = "", subzone = ""] = name.split("/");
  return { region, zone, subzone };
}

/** Whether a locality is under a pattern, in which `*` and missing parts match anything. */
export function matchesLocality(name: string, pattern: string): boolean {
  const actual = localityParts(name);
  const wanted = localityParts(pattern);
  const matches = (part: string, value: string): boolean => part === "*" || part === value;
  if (!matches(wanted.region, actual.region)) return false;
  if (wanted.zone !== "" && !matches(wanted.zone, actual.zone)) return false;
  return wanted.subzone === "" || matches(wanted.subzone, actual.subzone);
}
