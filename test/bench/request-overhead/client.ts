import { type VariantName, variants } from "./variants.ts";

const [name, ports] = process.argv.slice(2) as [VariantName, string];
const call = await variants[name](JSON.parse(ports));

process.on("message", async ({ requests, concurrency }: { requests: number; concurrency: number }) => {
  let left = requests;
  const before = process.cpuUsage();
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  const { user, system } = process.cpuUsage(before);
  process.send!((user + system) / requests);
});
process.send!("ready");
