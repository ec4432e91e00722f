import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { runnerHome } from "../../identity/home.ts";
import { backUp } from "../engine/back-up.ts";
import { prune } from "../engine/prune.ts";
import { Repository } from "../repository/repository.ts";
import { openFolder } from "../storage/folder.ts";
import type { Storage } from "../storage/storage.ts";

/**
 * Does what its file of orders says, and dies by SIGKILL at a certain touch of the storage: before it, with the half of what was to be written
 * beside its place, or after it.
 */
const [orders = ""] = process.argv.slice(2);
const { home: folder, storageFolder, key, repositoryId, dieAt, how, what, touches } = JSON.parse(readFileSync(orders, "utf8"));

const inner = openFolder(storageFolder);
let count = 0;
async function touch<T>(name: string, work: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
  count += 1;
  const last = count === dieAt;
  appendFileSync(touches, `${name}\n`);
  if (last && how === "half") await half?.();
  if (last && how !== "after") die();
  const result = await work();
  if (last) die();
  return result;
}
function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("still here");
}

const storage: Storage = {
  list: (kind) => touch(`list ${kind}`, () => inner.list(kind)),
  get: (name) => touch(`get ${name}`, () => inner.get(name)),
  put: (name, content) =>
    touch(
      `put ${name}`,
      () => inner.put(name, content),
      async () => {
        const { mkdirSync, writeFileSync } = await import("node:fs");
        const path = await import("node:path");
        const file = path.join(storageFolder, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(path.join(path.dirname(file), `.${path.basename(file)}.x.tmp`), content.subarray(0, content.length / 2));
      },
    ),
  delete: (name) => touch(`delete ${name}`, () => inner.delete(name)),
  close: () => inner.close(),
};
const home = runnerHome({ DESKHAND_HOME: folder });
const operation = {
  repository: new Repository(storage, { key: Buffer.from(key, "base64"), repositoryId }, `${home.backupFolder}/cache`),
  home,
  writer: { id: "runner-one", name: "runner-one" },
  signal: new AbortController().signal,
  clock: Date.now,
  packBytes: 64 * 1024,
};
if (!existsSync(home.backupFolder)) throw new Error("no home");
if (what === "prune") await prune(operation, { rules: { last: 1, daily: 0, weekly: 0, monthly: 0 } });
else await backUp({ ...operation, withArtifacts: false });
