/** Groups of an IPv6 address, 16 bits each. */
const groupCount = 8;

/**
 * An address in the one form in which equal addresses are equal texts. IPv6: RFC 5952, without brackets; an IPv4 address
 * inside is written in hexadecimal, as in the host of a URL (`::ffff:1.2.3.4` is `::ffff:102:304`). Everything else,
 * names too, stays as it is.
 */
export function canonicalAddress(address: string): string {
  if (!address.includes(":")) return address;
  const groups = ipv6Groups(address);
  return groups === undefined ? address : writeGroups(groups);
}

/** The eight numbers of an IPv6 address; undefined where the text is none. */
function ipv6Groups(text: string): readonly number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0]!);
  const tail = groupsOf(halves[1] ?? "");
  if (head === undefined || tail === undefined) return undefined;
  const missing = groupCount - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** Groups between the ends of an address and its `::`; the last may be an IPv4 address. */
function groupsOf(half: string): readonly number[] | undefined {
  if (half === "") return [];
  const written = half.split(":");
  const groups = written.flatMap((group, at) =>
    at === written.length - 1 && group.includes(".") ? ipv4Groups(group) : [groupOf(group)],
  );
  return groups.includes(Number.NaN) ? undefined : groups;
}

function groupOf(text: string): number {
  return /^[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : Number.NaN;
}

function ipv4Groups(text: string): readonly number[] {
  const bytes = text
    .split(".")
    .map((byte) => (/^\d{1,3}$/.test(byte) && Number(byte) <= 255 ? Number(byte) : Number.NaN));
  const [first, second, third, fourth] = bytes;
  return bytes.length === 4 ? [first! * 256 + second!, third! * 256 + fourth!] : [Number.NaN];
}

/** The longest run of two or more zeros is left out, the first of several. */
function writeGroups(groups: readonly number[]): string {
  let start = 0;
  let length = 1;
  for (let at = 0; at < groups.length; at += 1) {
    let end = at;
    while (groups[end] === 0) end += 1;
    if (end - at > length) [start, length] = [at, end - at];
  }
  const write = (some: readonly number[]): string => some.map((group) => group.toString(16)).join(":");
  return length < 2 ? write(groups) : `${write(groups.slice(0, start))}::${write(groups.slice(start + length))}`;
}
