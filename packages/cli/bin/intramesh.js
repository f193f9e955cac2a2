#!/usr/bin/env node
// Stands here, and not in dist, so that npm finds it when it links commands before anything is built.
await import("../dist/bin.js");
