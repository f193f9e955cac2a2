/** Protocols that Istio reads off a port's name (`http-admin`); anything else is left to be found out. */
const named: ReadonlySet<string> = new Set([
  "http",
  "http2",
  "https",
  "grpc",
  "grpc-web",
  "tcp",
  "tls",
  "udp",
  "mongo",
  "mysql",
  "redis",
]);

/** Kubernetes' own names for application protocols. */
const appProtocols: Readonly<Record<string, string>> = {
  "kubernetes.io/h2c": "http2",
  "kubernetes.io/ws": "http",
  "kubernetes.io/wss": "https",
};

/** Protocol of a Service's port: appProtocol, else what the name begins with, else http. */
export function portProtocol(name: string, appProtocol: string | undefined): string {
  if (appProtocol !== undefined) return appProtocols[appProtocol] ?? appProtocol.toLowerCase();
  const lower = name.toLowerCase();
  if (lower === "grpc-web" || lower.startsWith("grpc-web-")) return "grpc-web";
  const prefix = lower.split("-", 1)[0]!;
  return named.has(prefix) ? prefix : "http";
}
