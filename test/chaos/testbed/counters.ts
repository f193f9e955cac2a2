import type { Mesh } from "intramesh";

/** Sum of one metric over all its series; 0 where it is not on the page. */
export async function counter(mesh: Mesh, name: string): Promise<number> {
  const page = await mesh.metrics();
  return page
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
