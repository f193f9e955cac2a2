// `npm run bookinfo`: installs and builds what has changed, then runs the example on the Node that the repository pins.
// Plain JavaScript for Node 20, because nothing is installed or built yet when it starts.
import { spawn } from "node:child_process";
import { statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const bin = join(root, "node_modules", ".bin");
const isWindows = process.platform === "win32";
const env = {
  ...process.env,
  PATH: `${bin}${isWindows ? ";" : ":"}${process.env.PATH ?? ""}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
};

/** The program that runs at the moment. */
let current;
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  // A terminal sends Ctrl-C to the program as well: being told twice does it no harm.
  process.on(signal, () => {
    stopped = true;
    current?.kill(signal);
  });
}

await installUnlessFresh();
await buildUnlessFresh();
const { code } = await run(join(bin, "node"), [join(here, "dist", "run.js"), ...process.argv.slice(2)], {
  cwd: process.cwd(),
  channel: true,
});
process.exit(code);

async function installUnlessFresh() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (changedAt(installed) >= changedAt(join(root, "package-lock.json"))) return;
  console.log("Installing dependencies (npm install) …");
  await mustRun("npm install", "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  // npm leaves the file as it is where there was nothing to do.
  utimesSync(installed, new Date(), new Date());
}

/** Milliseconds since 1970; -1 where there is no such file. */
function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

/** Turborepo knows what is fresh: with nothing to do this takes some tenths of a second. */
async function buildUnlessFresh() {
  const filters = ["--filter=@intramesh/example-bookinfo", "--filter=@intramesh/cli"];
  await mustRun("the build", "turbo", ["run", "build", ...filters, "--output-logs=errors-only"], { quiet: true });
}

/** Runs a program that everything after it needs. */
async function mustRun(name, command, args, options) {
  const { code, output } = await run(command, args, options);
  if (stopped) process.exit(0);
  if (code === 0) return;
  process.stderr.write(output);
  console.error(`bookinfo: ${name} failed (exit code ${code}); what is above says why`);
  process.exit(1);
}

/** Runs a program; a quiet one does not write to this terminal. */
function run(command, args, { cwd = root, quiet = false, channel = false } = {}) {
  const to = quiet ? "pipe" : "inherit";
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ["inherit", to, to, channel ? "ipc" : "ignore"],
    shell: isWindows,
  });
  current = child;
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(chunk));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, output: `${command} cannot be started: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code: code ?? (stopped ? 0 : 1), output: Buffer.concat(output) }));
  });
}
