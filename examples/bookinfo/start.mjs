// `npm run bookinfo`: installs and builds what has changed, then runs the example on the Node that the repository pins.
// Plain JavaScript for Node 20, because nothing is installed or built yet when it starts.
import { spawn } from "node:child_process";
import { accessSync, constants, statSync, utimesSync } from "node:fs";
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
await build();
await linkCommandUnlessLinked();
process.exit(await runBookinfo());

async function installUnlessFresh() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (changedAt(installed) >= changedAt(join(root, "package-lock.json"))) return;
  console.log("Installing dependencies (npm install) …");
  const code = await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (code !== 0) give(code, "npm install failed: see above");
  // npm leaves the file as it is where there was nothing to do.
  if (changedAt(installed) > 0) utimesSync(installed, new Date(), new Date());
}

/** Milliseconds since 1970; 0 where there is no such file. */
function changedAt(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function build() {
  const filters = ["--filter=@intramesh/example-bookinfo", "--filter=@intramesh/cli"];
  const output = [];
  const code = await run("turbo", ["run", "build", ...filters, "--output-logs=errors-only"], (chunk) => {
    output.push(chunk);
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  give(code, "the build failed: see above");
}

/** npm links a workspace's command only where its file is there: on a first run it had not been built yet. */
async function linkCommandUnlessLinked() {
  try {
    accessSync(join(bin, "intramesh"), constants.X_OK);
  } catch {
    const code = await run("npm", ["rebuild", "@intramesh/cli", "--loglevel=error"], () => {});
    if (code !== 0) give(code, "the command intramesh cannot be linked: npm rebuild @intramesh/cli says why");
  }
}

function runBookinfo() {
  const program = join(here, "dist", "run.js");
  return run(join(bin, "node"), [program, ...process.argv.slice(2)], undefined, "ipc");
}

/** Resolves to the exit code. Without `onOutput` the program writes to this terminal. */
function run(command, args, onOutput, channel) {
  if (stopped) process.exit(0);
  const output = onOutput === undefined ? "inherit" : "pipe";
  const stdio = ["inherit", output, output, ...(channel === undefined ? [] : [channel])];
  const child = spawn(command, args, {
    cwd: channel === undefined ? root : process.cwd(),
    env,
    stdio,
    shell: isWindows,
  });
  current = child;
  child.stdout?.on("data", onOutput);
  child.stderr?.on("data", onOutput);
  return new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`${command} cannot be started: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code) => resolve(stopped && code === null ? 0 : (code ?? 1)));
  });
}

function give(code, message) {
  if (stopped) process.exit(0);
  console.error(`bookinfo: ${message}`);
  process.exit(code);
}
