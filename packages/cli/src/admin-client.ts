/** A process answers from memory: one that takes longer hangs. */
const adminTimeoutMs = 5_000;

/** How to give a process an admin port. */
export const adminPortHint: string =
  "start it with the option `adminPort` or INTRAMESH_ADMIN_PORT, for example INTRAMESH_ADMIN_PORT=15000 (0 takes a free port)";

/** What an admin port answered. */
export type AdminAnswer =
  | { readonly ok: true; readonly page: unknown }
  /** `reason` completes "its admin port at URL …". */
  | { readonly ok: false; readonly reason: string };

/** Reads one page of a process's admin port, or changes it by POST. Sends no token: the port may be anybody's by now. */
export async function readAdminPage(
  adminUrl: string,
  path: string,
  method: "GET" | "POST" = "GET",
): Promise<AdminAnswer> {
  if (!URL.canParse(adminUrl) || !/^https?:\/\//.test(adminUrl))
    return { ok: false, reason: "is no http or https URL" };
  try {
    const response = await fetch(adminUrl.replace(/\/+$/, "") + path, {
      method,
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(adminTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) return { ok: false, reason: `answers ${path} with ${response.status}: is it an admin port?` };
    return { ok: true, page: JSON.parse(text) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return "does not answer with JSON: is it an admin port?";
  const { name, message, cause } = error as Error & { readonly cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `does not answer within ${adminTimeoutMs / 1_000} s`;
  return `cannot be reached (${cause?.code ?? cause?.message ?? message})`;
}
