import type { WatchEvent } from "../registry-protocol.ts";

/** Reads one line of a watch stream. Throws where it is not a WatchEvent; an unknown type is undefined, for later ones. */
export function parseWatchEvent(line: string): WatchEvent | undefined {
  const event = parseJson(line);
  if (typeof event !== "object" || event === null) throw malformed(line);
  const fields = event as Readonly<Record<string, unknown>>;
  switch (fields["type"]) {
    case "RESET":
    case "RESUME":
      if (typeof fields["epoch"] !== "string") throw malformed(line);
      break;
    case "PUT":
      if (!Number.isInteger(fields["revision"]) || fields["object"] === undefined) throw malformed(line);
      break;
    case "DELETE":
      if (
        !Number.isInteger(fields["revision"]) ||
        !["kind", "namespace", "name"].every((key) => typeof fields[key] === "string")
      ) {
        throw malformed(line);
      }
      break;
    case "SERVICE":
      if (
        !Number.isInteger(fields["revision"]) ||
        !["namespace", "name"].every((key) => typeof fields[key] === "string") ||
        !Array.isArray(fields["ports"])
      ) {
        throw malformed(line);
      }
      break;
    case "INSTANCES":
      if (typeof fields["service"] !== "string" || !Array.isArray(fields["objects"])) throw malformed(line);
      break;
    case "BOOKMARK":
      if (!Number.isInteger(fields["revision"])) throw malformed(line);
      break;
    default:
      if (typeof fields["type"] !== "string") throw malformed(line);
      return undefined;
  }
  // Every field that its type promises has just been looked at; the object of a PUT is checked by who takes it.
  return fields as unknown as WatchEvent;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed(line);
  }
}

const shownChars = 80;

function malformed(line: string): Error {
  const shown = line.length > shownChars ? `${line.slice(0, shownChars)}…` : line;
  return new Error(`a line of the watch stream is no event: ${shown}`);
}
