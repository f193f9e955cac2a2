import { readFile } from "node:fs/promises";
import { isIP } from "node:net";

/** Where the system keeps it. */
export const systemHostsFile = "/etc/hosts";

/** The addresses of a name in a hosts file, in the order of its lines; none where there is no such file. */
export async function findInHostsFile(path: string, name: string): Promise<readonly string[]> {
  const text = await readFile(path, "utf8").catch(() => "");
  return findInHosts(text, name);
}

/** The same in the text of the file, hosts(5): an address, its names, and comments behind `#`. */
function findInHosts(text: string, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const found = new Set<string>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) !== 0 && names.some((one) => one.toLowerCase() === wanted)) found.add(address);
  }
  return [...found];
}
