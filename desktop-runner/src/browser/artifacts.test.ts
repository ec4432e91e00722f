import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import type { ArtifactEvent } from "../worker/messages.ts";
import { openArtifactStore, safeFileName } from "./artifacts.ts";

let folder: TestFolder;
let events: ArtifactEvent[];
beforeEach(async () => {
  folder = await testFolder();
  events = [];
});
afterEach(() => folder.remove());

const artifact = (file: string) => ({ type: "result", name: file, file, contentType: "text/plain", step: null }) as const;
const openStore = (maxBytes: number) => openArtifactStore(folder.path, maxBytes, (event) => events.push(event));

it("announces a file with its size and hash once it is on the disk", async () => {
  await (await openStore(100)).write(artifact("a.txt"), "abc");
  expect(events).toEqual([
    expect.objectContaining({ file: "a.txt", bytes: 3, sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }),
  ]);
});

it("refuses what goes over the run's bytes and leaves nothing of it", async () => {
  const store = await openStore(5);
  await store.write(artifact("a.txt"), "abc");
  await expect(store.write(artifact("b.txt"), "abc")).rejects.toMatchObject({ code: "RUNNER_DISK_FULL" });
  await expect(store.append("run.log", "abc")).rejects.toMatchObject({ code: "RUNNER_DISK_FULL" });
  expect(await readdir(folder.path)).toEqual(["a.txt"]);
  expect(events.length).toBe(1);
});

it("tells a disk that is full", async (context) => {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.path], { stdio: "ignore" });
  } catch {
    context.skip("needs the right to mount a small disk");
  }
  try {
    const store = await openStore(10_000_000);
    await expect(store.write(artifact("a.bin"), Buffer.alloc(1_000_000))).rejects.toMatchObject({ code: "RUNNER_DISK_FULL" });
    expect(await readdir(folder.path)).toEqual([]);
    await store.write(artifact("small.txt"), "still works");
  } finally {
    execFileSync("umount", [folder.path]);
  }
});

it("makes a page's file name harmless", () => {
  expect(["../../etc/passwd", "a/b\\c.txt", "", "..", "\0\n.csv", "Übersicht 1.pdf"].map(safeFileName)).toEqual([
    "etc_passwd",
    "a_b_c.txt",
    "file",
    "file",
    "csv",
    "Übersicht 1.pdf",
  ]);
  expect(safeFileName(`${"x".repeat(500)}.pdf`).length).toBe(100);
});
