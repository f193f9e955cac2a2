import { fileURLToPath } from "node:url";

/** Where the copies of the library that this process has loaded lie. One list for all of them, whatever their versions. */
const listKey = Symbol.for("intramesh.copies");

interface Logger {
  warn(message: string): void;
}

/**
 * Notes that this copy of the library is in use, and warns where another one is: each has connections, metrics and
 * ejections of its own. `copy` is the URL of a module of it.
 */
export function noteCopy(logger: Logger, copy: string = import.meta.url): void {
  const holder = globalThis as { [listKey]?: Set<string> };
  holder[listKey] ??= new Set();
  const copies = holder[listKey];
  if (copies.has(copy)) return;
  copies.add(copy);
  if (copies.size === 1) return;
  const paths = [...copies].map((url) => (url.startsWith("file:") ? fileURLToPath(url) : url));
  logger.warn(
    `intramesh: this process has loaded ${copies.size} copies of intramesh: ${paths.join(" and ")}. Each keeps connections, metrics and ejections of its own; let all packages depend on one version, so that npm installs one (npm ls intramesh shows who asks for which)`,
  );
}
