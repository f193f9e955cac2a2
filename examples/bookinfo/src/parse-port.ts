/** A port as it is written on a command line; 0 means a free one. Throws naming the option and the rule. */
export function parsePort(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(`${option} ${text} is not a port: give a number from 1 to 65535, or 0 for a free one`);
}
