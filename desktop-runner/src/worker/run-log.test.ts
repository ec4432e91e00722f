import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { openArtifactStore } from "../browser/artifacts.ts";
import type { ArtifactEvent } from "./messages.ts";
import { openRunLog } from "./run-log.ts";

it("is announced as it stays, also where a page goes on writing to its console", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "deskhand-run-log-"));
  const announced: ArtifactEvent[] = [];
  const store = await openArtifactStore(folder, 1_000_000, (event) => announced.push(event as ArtifactEvent));
  const mask = { apply: (text: string) => text.replaceAll("secret", "***") } as Parameters<typeof openRunLog>[1];
  const log = openRunLog(
    store,
    mask,
    () => {},
    () => {},
  );
  log.write(0, "info", "begins");
  log.console(0, "log", "a secret");
  const finished = log.finish();
  log.console(0, "log", "later");
  await finished;
  log.console(0, "log", "much later");
  log.write(null, "warn", "much later");
  await log.finish();
  for (const { file, sha256 } of announced) {
    const content = await readFile(path.join(folder, file));
    expect(createHash("sha256").update(content).digest("hex"), file).toBe(sha256);
    expect(content.toString()).not.toMatch(/later|secret/);
  }
  expect(new Set(announced.map(({ name }) => name))).toEqual(new Set(["run.log", "console.log"]));
  await rm(folder, { recursive: true });
});
