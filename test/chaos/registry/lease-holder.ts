import { randomUUID } from "node:crypto";
import { instancePath } from "@intramesh/discovery";

/*
 * Keeps instances registered: `lease-holder.ts URL NAME COUNT TTL_SECONDS`. Tells its parent when all are, and when it
 * is refused.
 */

const [url, name, count, ttlSeconds] = process.argv.slice(2) as [string, string, string, string];
const body = JSON.stringify({
  address: "10.0.0.1",
  ports: { http: 9080 },
  ttlSeconds: Number(ttlSeconds),
  session: randomUUID(),
});

async function renew(instance: string): Promise<void> {
  try {
    const response = await fetch(url + instancePath("default", "reviews", instance), { method: "PUT", body });
    const text = await response.text();
    if (response.ok) return;
    process.send!((JSON.parse(text) as { readonly message: string }).message);
  } catch {
    // The registry is away: the next renewal tries again.
  }
}

const instances = Array.from({ length: Number(count) }, (_, index) => `${name}-${index}`);
await Promise.all(instances.map(renew));
process.send!("registered");
setInterval(
  () => {
    for (const instance of instances) void renew(instance);
  },
  (Number(ttlSeconds) * 1_000) / 3,
);
