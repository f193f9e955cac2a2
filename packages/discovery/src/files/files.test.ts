import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Resource } from "@intramesh/config";
import { FakeClock } from "@intramesh/testing";
import { RecordingListener } from "../testing/recording-listener.ts";
import { refused, shownTimeouts, virtualService } from "../testing/resources.ts";
import { formatYaml } from "../yaml-documents.ts";
import { files, filesSource } from "./files.ts";

/** Watches the paths, and what they say. */
function follow(context: TestContext, ...paths: readonly string[]): RecordingListener {
  const listener = new RecordingListener();
  const source = files(...paths);
  source.start(listener);
  context.after(() => source.close());
  return listener;
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "intramesh-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function yaml(...resources: readonly Resource[]): string {
  return resources.map(formatYaml).join("---\n");
}

async function nextTimeouts(listener: RecordingListener): Promise<readonly string[]> {
  return shownTimeouts((await listener.updates.next()).resources);
}

/** The timeouts of the update that has `wanted`; a folder that comes may be seen before its files are. */
async function lastTimeouts(listener: RecordingListener, wanted: string): Promise<readonly string[]> {
  for (;;) {
    const timeouts = await nextTimeouts(listener);
    if (timeouts.includes(wanted)) return timeouts;
  }
}

test("every YAML and JSON file below a folder counts, in the order of names, and nothing else", async (context) => {
  const folder = await temporaryFolder(context);
  await mkdir(join(folder, "b"));
  await writeFile(join(folder, "c.yml"), yaml(virtualService("c")));
  await writeFile(join(folder, "b", "deep.yaml"), yaml(virtualService("b1"), virtualService("b2")));
  await writeFile(join(folder, "a.json"), JSON.stringify(virtualService("a")));
  await writeFile(join(folder, "notes.txt"), "not: [yaml");
  await writeFile(join(folder, ".hidden.yaml"), "not: [yaml");
  const listener = follow(context, folder);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s", "b1=1s", "b2=1s", "c=1s"]);
  assert.equal(listener.errors.untaken, 0);
});

test("a file that is written again is an update, and what did not change stays the same object", async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, "a.yaml");
  await writeFile(file, yaml(virtualService("a"), virtualService("b")));
  const listener = follow(context, folder);
  const before = await listener.updates.next();
  await writeFile(file, yaml(virtualService("a"), virtualService("b", "2s")));
  const after = await listener.updates.next();
  assert.deepEqual(shownTimeouts(after.resources), ["a=1s", "b=2s"]);
  assert.equal(after.resources[0], before.resources[0]);
  assert.notEqual(after.revision, before.revision);
});

test("an editor that writes another file and renames it is followed, also for a single file", async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, "a.yaml");
  await writeFile(file, yaml(virtualService("a")));
  const listener = follow(context, file);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s"]);
  for (const timeout of ["2s", "3s"]) {
    await writeFile(`${file}.swp`, yaml(virtualService("a", timeout)));
    await rename(`${file}.swp`, file);
    assert.deepEqual(await nextTimeouts(listener), [`a=${timeout}`]);
  }
});

test("files that come, also in new folders, and go are followed", async (context) => {
  const folder = await temporaryFolder(context);
  await writeFile(join(folder, "a.yaml"), yaml(virtualService("a")));
  const listener = follow(context, folder);
  await listener.updates.next();
  await mkdir(join(folder, "new"));
  await writeFile(join(folder, "new", "b.yaml"), yaml(virtualService("b")));
  assert.deepEqual(await nextTimeouts(listener), ["a=1s", "b=1s"]);
  await rm(join(folder, "a.yaml"));
  assert.deepEqual(await nextTimeouts(listener), ["b=1s"]);
});

test("a file that is no YAML keeps what it said, and is reported with line and column", async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, "a.yaml");
  await writeFile(file, yaml(virtualService("a")));
  const listener = follow(context, folder);
  await listener.updates.next();
  await writeFile(file, "kind: VirtualService\nspec: [1,\n");
  const { message } = await listener.errors.next();
  assert.ok(message.startsWith(`${file}:3:`), message);
  await writeFile(join(folder, "b.yaml"), yaml(virtualService("b")));
  assert.deepEqual(await nextTimeouts(listener), ["a=1s", "b=1s"]);
  assert.equal(listener.errors.untaken, 0);
});

test("a resource that is none is reported with file, line and name, and its whole file keeps what it said", async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, "a.yaml");
  await writeFile(file, yaml(virtualService("a"), virtualService("b")));
  const listener = follow(context, folder);
  await listener.updates.next();
  await writeFile(file, yaml(virtualService("a", "2s"), refused(virtualService("b", "2s"))));
  const { message } = await listener.errors.next();
  assert.match(message, /a\.yaml:\d+: VirtualService default\/b: /);
  assert.equal(listener.updates.untaken, 0);
});

test("objects of other groups in the same files are passed over, and lists are taken apart", async (context) => {
  const folder = await temporaryFolder(context);
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" } };
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "a" } };
  const list = { apiVersion: "v1", kind: "List", items: [deployment, account, virtualService("a")] };
  await writeFile(join(folder, "a.yaml"), `# nothing yet\n---\n${formatYaml(list)}`);
  const listener = follow(context, folder);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s"]);
  assert.equal(listener.errors.untaken, 0);
});

test("an earlier path wins silently, an earlier file of one path with a word", async (context) => {
  const [near, far] = [await temporaryFolder(context), await temporaryFolder(context)];
  await writeFile(join(near, "a.yaml"), yaml(virtualService("a", "1s")));
  await writeFile(join(far, "a.yaml"), yaml(virtualService("a", "9s"), virtualService("b", "9s")));
  const listener = follow(context, near, far);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s", "b=9s"]);
  assert.equal(listener.errors.untaken, 0);
  await writeFile(join(far, "z.yaml"), yaml(virtualService("b", "8s")));
  const { message } = await listener.errors.next();
  assert.ok(message.endsWith(`VirtualService default/b is in ${join(far, "a.yaml")} already, which wins`), message);
});

test("a path where nothing is, is named, and found when it comes", async (context) => {
  const folder = await temporaryFolder(context);
  const missing = join(folder, "mesh");
  const clock = new FakeClock();
  const listener = new RecordingListener();
  const source = filesSource([missing], clock);
  source.start(listener);
  context.after(() => source.close());
  assert.equal(
    (await listener.errors.next()).message,
    `${missing}: there is no such file or folder; it is looked for again`,
  );
  assert.deepEqual((await listener.updates.next()).resources, []);
  await mkdir(missing);
  await writeFile(join(missing, "a.yaml"), yaml(virtualService("a")));
  // The poll is arranged when the first reading has come to its end.
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(5_000);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s"]);
});

test("a folder that goes keeps what it said, and is followed when it comes back", async (context) => {
  const folder = join(await temporaryFolder(context), "mesh");
  await mkdir(folder);
  await writeFile(join(folder, "a.yaml"), yaml(virtualService("a")));
  const listener = follow(context, folder);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s"]);
  await rename(folder, `${folder}.away`);
  const { message } = await listener.errors.next();
  assert.equal(message, `${folder}: there is no such file or folder; it is looked for again`);
  assert.equal(listener.updates.untaken, 0);
  await mkdir(folder);
  await writeFile(join(folder, "a.yaml"), yaml(virtualService("a", "2s")));
  assert.deepEqual(await lastTimeouts(listener, "a=2s"), ["a=2s"]);
  await writeFile(join(folder, "a.yaml"), yaml(virtualService("a", "3s")));
  assert.deepEqual(await nextTimeouts(listener), ["a=3s"]);
});

test("a link that is turned to another folder is followed", async (context) => {
  const root = await temporaryFolder(context);
  for (const release of ["1", "2"]) {
    await mkdir(join(root, release));
    await writeFile(join(root, release, "a.yaml"), yaml(virtualService("a", `${release}s`)));
  }
  const current = join(root, "current");
  await symlink("1", current);
  const listener = follow(context, current);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s"]);
  await symlink("2", `${current}.next`);
  await rename(`${current}.next`, current);
  assert.deepEqual(await nextTimeouts(listener), ["a=2s"]);
  await writeFile(join(root, "2", "a.yaml"), yaml(virtualService("a", "3s")));
  assert.deepEqual(await nextTimeouts(listener), ["a=3s"]);
});

test("a mounted ConfigMap changes in one step, as a folder and as a single file", async (context) => {
  const mount = await temporaryFolder(context);
  /** As the kubelet does: a folder of its own for each state, and one link that is turned. */
  const turn = async (state: string): Promise<void> => {
    const folder = `..state_${state}`;
    await mkdir(join(mount, folder));
    for (const name of ["a", "b"])
      await writeFile(join(mount, folder, `${name}.yaml`), yaml(virtualService(name, state)));
    await symlink(folder, join(mount, "..data_tmp"));
    await rename(join(mount, "..data_tmp"), join(mount, "..data"));
  };
  await turn("1s");
  for (const name of ["a", "b"]) await symlink(join("..data", `${name}.yaml`), join(mount, `${name}.yaml`));
  const whole = follow(context, mount);
  const single = follow(context, join(mount, "b.yaml"));
  assert.deepEqual(await nextTimeouts(whole), ["a=1s", "b=1s"]);
  assert.deepEqual(await nextTimeouts(single), ["b=1s"]);
  await turn("2s");
  await rm(join(mount, "..state_1s"), { recursive: true });
  assert.deepEqual(await nextTimeouts(whole), ["a=2s", "b=2s"]);
  assert.deepEqual(await nextTimeouts(single), ["b=2s"]);
});

test("a file that is emptied keeps what it said until it says something, if only a comment", async (context) => {
  const folder = await temporaryFolder(context);
  const file = join(folder, "a.yaml");
  await writeFile(file, yaml(virtualService("a")));
  const listener = follow(context, folder);
  await listener.updates.next();
  await writeFile(file, "");
  const { message } = await listener.errors.next();
  assert.ok(message.startsWith(`${file}: is empty; what it said stays until it says something.`), message);
  assert.equal(listener.updates.untaken, 0);
  await writeFile(file, "# nothing\n");
  assert.deepEqual(await nextTimeouts(listener), []);
});

test("of a thousand files in fifty folders, one that changes is one change", async (context) => {
  const folder = await temporaryFolder(context);
  for (let at = 0; at < 50; at += 1) {
    await mkdir(join(folder, `team-${at}`));
    await Promise.all(
      Array.from({ length: 20 }, (_, of) =>
        writeFile(join(folder, `team-${at}`, `${of}.json`), JSON.stringify(virtualService(`vs-${at}-${of}`))),
      ),
    );
  }
  const listener = follow(context, folder);
  assert.equal((await listener.updates.next()).resources.length, 1_000);
  await writeFile(join(folder, "team-7", "7.json"), JSON.stringify(virtualService("vs-7-7", "2s")));
  const { changes } = await listener.updates.next();
  assert.deepEqual(
    changes?.put.map(({ metadata }) => metadata.name),
    ["vs-7-7"],
  );
});

test("links to folders are followed, those that lead in a circle or nowhere are not", async (context) => {
  const [folder, other] = [await temporaryFolder(context), await temporaryFolder(context)];
  await writeFile(join(folder, "a.yaml"), yaml(virtualService("a")));
  await writeFile(join(other, "b.yaml"), yaml(virtualService("b")));
  await symlink(other, join(folder, "other"));
  await symlink(".", join(folder, "self"));
  await symlink("nowhere", join(folder, "c.yaml"));
  const listener = follow(context, folder);
  assert.deepEqual(await nextTimeouts(listener), ["a=1s", "b=1s"]);
  assert.equal(listener.errors.untaken, 0);
});
