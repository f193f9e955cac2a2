import { spawnSync } from "node:child_process";
import { globSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run test:nodes [-- MAJOR…]`: the packages' tests on the newest releases of several Node majors, and what npm
 * would upload of the last build, for those who change the transport. The releases come as the npm package `node`, into
 * `.cache/nodes`.
 */
const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const majors = process.argv.length > 2 ? process.argv.slice(2) : ["22", "24", "26"];

/** The runner of Node 22 gives a test up when nothing but unref'd handles is left, as our sources and timers are. */
const keepAlive = "data:text/javascript,setInterval(() => undefined, 10000)";
const flags = [
  "--conditions=@intramesh/source",
  "--test",
  "--test-reporter=dot",
  "--test-force-exit",
  "--test-timeout=60000",
  `--import=${keepAlive}`,
];

let failed = false;
for (const major of majors) {
  const node = install(major);
  const { stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  console.log(`\nNode ${stdout.trim()}`);
  for (const manifest of globSync("packages/*/package.json", { cwd: root }).sort()) {
    const tests = globSync("src/**/*.test.ts", { cwd: join(root, dirname(manifest)) });
    if (tests.length > 0) test(node, dirname(manifest), tests);
  }
  test(node, "test/e2e", ["packed.test.ts"]);
}
process.exitCode = failed ? 1 : 0;

function test(node: string, folder: string, files: readonly string[]): void {
  const path = `${dirname(node)}${delimiter}${process.env["PATH"]}`;
  const { status } = spawnSync(node, [...flags, ...files], {
    cwd: join(root, folder),
    stdio: ["ignore", "inherit", "inherit"],
    // Node 22 calls its SQLite experimental on stderr.
    env: { ...process.env, PATH: path, NODE_NO_WARNINGS: "1" },
  });
  console.log(`  ${status === 0 ? "passed" : "FAILED"}  ${folder}`);
  failed ||= status !== 0;
}

/** Path of the newest release of a major. */
function install(major: string): string {
  const prefix = join(root, ".cache", "nodes", major);
  mkdirSync(prefix, { recursive: true });
  const words = [
    "install",
    "--prefix",
    prefix,
    "--no-audit",
    "--no-fund",
    "--no-save",
    "--loglevel=error",
    `node@${major}`,
  ];
  const { status, stderr } = spawnSync("npm", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`Node ${major} could not be installed: ${stderr}`);
  return join(prefix, "node_modules", "node", "bin", "node");
}
