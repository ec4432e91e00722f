import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildStep } from "./step.ts";

let root: string;
let run: () => Promise<void>;
const said: string[] = [];

beforeEach(async () => {
  said.length = 0;
  root = await mkdtemp(path.join(tmpdir(), "deskhand-build-"));
  await mkdir(path.join(root, "src/deep"), { recursive: true });
  await writeFile(path.join(root, "src/deep/a.ts"), "1");
  run = () => writeFile(path.join(root, "output"), "built");
});
afterEach(() => rm(root, { recursive: true }));

const build = () =>
  buildStep(
    { name: "a thing", root, inputs: ["src", "missing.json"], isComplete: () => existsSync(path.join(root, "output")), run },
    (line) => said.push(line),
  );

test("it runs when its output is missing, and not again while nothing changed", async () => {
  expect(await build()).toBe(true);
  expect(await build()).toBe(false);
  await rm(path.join(root, "output"));
  expect(await build()).toBe(true);
});

test("it says when it begins and when it ended, and nothing when there is nothing to do", async () => {
  await build();
  await build();
  expect(said).toEqual(["Building a thing …", expect.stringMatching(/^Built a thing in \d+\.\d s$/)]);
});

test("changed content, a new file and a removed file make it stale; a new time alone does not", async () => {
  await build();
  await utimes(path.join(root, "src/deep/a.ts"), 1, 1);
  expect(await build()).toBe(false);
  await writeFile(path.join(root, "src/deep/a.ts"), "2");
  expect(await build()).toBe(true);
  await writeFile(path.join(root, "src/b.ts"), "");
  expect(await build()).toBe(true);
  await rm(path.join(root, "src/b.ts"));
  expect(await build()).toBe(true);
});

test("tests, and what is generated, do not make it stale", async () => {
  await build();
  await writeFile(path.join(root, "src/a.test.ts"), "");
  await mkdir(path.join(root, "src/generated"));
  await writeFile(path.join(root, "src/generated/x.ts"), "");
  expect(await build()).toBe(false);
});

test("after a build that failed, the outputs of before are not taken for those of now", async () => {
  await build();
  await writeFile(path.join(root, "src/deep/a.ts"), "broken");
  run = async () => {
    throw new Error("does not compile");
  };
  await expect(build()).rejects.toThrow("does not compile");
  await writeFile(path.join(root, "src/deep/a.ts"), "1");
  run = () => writeFile(path.join(root, "output"), "built");
  expect(await build()).toBe(true);
});
