#!/usr/bin/env node
// Stands here, and not in dist, so that npm finds it when it links commands before anything is built. It is written for
// old Nodes too: what follows does not even load there.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  await import("../dist/bin.js");
} else {
  process.stderr.write(
    `intramesh needs Node 22.19 or newer, this is ${process.version}: install a newer one, from https://nodejs.org for one\n`,
  );
  process.exitCode = 2;
}
