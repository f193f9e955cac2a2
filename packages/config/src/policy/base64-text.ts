const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Text of a protobuf `bytes` field: base64, plain or URL-safe, holding UTF-8. Undefined where it is none. */
export function decodeBase64Text(encoded: string): string | undefined {
  const digits = encoded.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  let escaped = "";
  let bits = 0;
  let width = 0;
  for (const digit of digits) {
    const value = alphabet.indexOf(digit);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    escaped += `%${((bits >> width) & 0xff).toString(16).padStart(2, "0")}`;
  }
  try {
    return decodeURIComponent(escaped);
  } catch {
    return undefined;
  }
}
