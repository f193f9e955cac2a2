import type { IncomingMessage } from "node:http";

/** What a name may be: it becomes the value of a header. */
const userName = /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/;

const cookieName = "user";

/** A name that one can sign in with; undefined where `text` is none. */
export function parseUser(text: string | null): string | undefined {
  const trimmed = text?.trim() ?? "";
  return userName.test(trimmed) ? trimmed : undefined;
}

/** Who is signed in, by the cookie of the request. There are no passwords: it is a demonstration. */
export function userOf(request: IncomingMessage): string | undefined {
  const cookies = request.headers.cookie?.split(";") ?? [];
  for (const cookie of cookies) {
    const [name, value = ""] = cookie.trim().split("=", 2);
    if (name === cookieName) return parseUser(decode(value));
  }
  return undefined;
}

/** `Set-Cookie` for who signs in; undefined signs out. */
export function sessionCookie(user: string | undefined): string {
  const value = user === undefined ? "" : encodeURIComponent(user);
  const age = user === undefined ? "; Max-Age=0" : "";
  return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Lax${age}`;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
