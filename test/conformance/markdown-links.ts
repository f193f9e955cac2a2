import { posix } from "node:path";

/** A Markdown page of the repository, or a file or folder beside them. */
export interface Tree {
  /** The pages: path from the repository's root, with slashes, to text. */
  readonly pages: ReadonlyMap<string, string>;
  /** Whether the repository holds this file or folder. */
  readonly holds: (path: string) => boolean;
}

/** A link as it stands in a page: `../registry.md#kinds-without-effect`. */
interface Link {
  readonly line: number;
  readonly target: string;
}

/** Every relative link of a page that leads nowhere, as `page:line target: why`. */
export function deadLinks(tree: Tree): readonly string[] {
  return [...tree.pages].flatMap(([page, text]) =>
    linksOf(text).flatMap(({ line, target }) => {
      const why = whyDead(tree, page, target);
      return why === undefined ? [] : [`${page}:${line} ${target}: ${why}`];
    }),
  );
}

/** The pages below `folder` that cannot be reached by links from `start`. */
export function orphans(tree: Tree, start: string, folder: string): readonly string[] {
  const reached = new Set([start]);
  for (const page of reached)
    for (const { target } of linksOf(tree.pages.get(page) ?? "")) {
      const path = pathOf(page, target);
      if (path !== undefined && tree.pages.has(path)) reached.add(path);
    }
  return [...tree.pages.keys()].filter((page) => page.startsWith(folder) && !reached.has(page));
}

function whyDead(tree: Tree, page: string, target: string): string | undefined {
  const path = pathOf(page, target);
  if (path === undefined) return undefined;
  if (!tree.holds(path)) return "there is no such file";
  const anchor = target.split("#")[1];
  const text = tree.pages.get(path);
  if (anchor === undefined || text === undefined) return undefined;
  return anchorsOf(text).has(anchor) ? undefined : "the page has no such heading";
}

/** Where a relative link leads, from the root; undefined for links into the web. */
function pathOf(page: string, target: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return undefined;
  const [file = ""] = target.split("#");
  return file === "" ? page : posix.join(posix.dirname(page), decodeURIComponent(file)).replace(/\/$/, "");
}

/** Inline links outside of code. */
function linksOf(text: string): readonly Link[] {
  return withoutCode(text)
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => ({ line: index + 1, target })),
    );
}

/** The anchors that GitHub gives a page's headings: lower case, spaces to dashes, punctuation dropped, repeats numbered. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let repeat = 1; anchors.has(anchor); repeat++) anchor = `${slug}-${repeat}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** The page with its code spans and blocks blanked, line for line. */
function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, "");
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^ *```$/gm, (block) => block.replaceAll(/[^\n]/g, ""));
}
