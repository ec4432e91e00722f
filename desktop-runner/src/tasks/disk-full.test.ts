import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { listProfileStates, type StorageState, saveProfileState } from "../browser/profile-store.ts";
import { runStart } from "../connection/testing/fake-relay.ts";
import { until, useRunnerBed } from "../testing/runner-bed.ts";

const bed = useRunnerBed();

it("says that the disk is full when a task finds it so, and the state that was there is whole", async (context) => {
  context.skip(process.platform !== "linux" || process.getuid?.() !== 0, "only root can mount a small disk");
  const { profilesFolder } = bed.paired.home;
  expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=300k,mode=700", "tmpfs", profilesFolder]).status).toBe(0);
  try {
    const profileId = randomUUID();
    const folder = path.join(profilesFolder, profileId);
    const stateOf = (value: string): StorageState => ({
      cookies: [],
      origins: [{ origin: "https://shop.example", localStorage: [{ name: "visits", value: value.repeat(50_000) }] }],
    });
    for (const value of ["1", "2"]) await saveProfileState(folder, stateOf(value));
    expect(() => writeFileSync(path.join(profilesFolder, "others"), Buffer.alloc(400_000))).toThrow("ENOSPC");
    const states = await listProfileStates(folder);
    await bed.connected();
    const command = { ...runStart(), kind: "profile.restore-state", payload: { profileId, version: 1 } };
    await bed.relay.deliver(command as unknown as ReturnType<typeof runStart>);
    await until(() => expect(bed.relay.seen.outcomes).toMatchObject([{ state: "failed", failureCode: "RUNNER_DISK_FULL" }]));
    expect(await listProfileStates(folder)).toEqual(states);
  } finally {
    await bed.stopAll();
    spawnSync("umount", [profilesFolder]);
  }
});
