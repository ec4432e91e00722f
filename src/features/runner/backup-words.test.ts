import type { BackupView } from "@deskhand/shared/schemas/backup";
import { expect, test } from "vitest";
import { backupTrouble } from "./backup-words.ts";

const well: NonNullable<BackupView["backup"]> = {
  kind: "s3",
  schedule: "every 6 h",
  follow: false,
  running: false,
  startedAt: null,
  succeededAt: null,
  nextAt: null,
  overdueAt: null,
  failures: 0,
  failureCode: null,
  last: null,
  stored: null,
  conflicts: 0,
  verified: null,
};
const trouble = (backup: Partial<typeof well>, isOverdue = false) =>
  backupTrouble({ runnerId: "0199c0de-0000-7000-8000-000000000001", toldAt: null, backup: { ...well, ...backup }, isOverdue });

test("trouble with backups is told with what to do, the worst first", () => {
  expect(trouble({})).toBeNull();
  expect(backupTrouble({ runnerId: "0199c0de-0000-7000-8000-000000000001", toldAt: null, backup: null, isOverdue: false })).toBeNull();
  expect(trouble({ failures: 3, failureCode: "STORAGE_FULL" })).toMatchObject({
    title: "The last 3 backups failed",
    whatToDo: expect.stringContaining("full"),
  });
  expect(trouble({ failures: 1, failureCode: "NEW_CODE" }, true)?.whatToDo).toContain("NEW_CODE");
  expect(trouble({ verified: { at: "", isWhole: false, profilesHit: 1 }, failures: 1 })?.title).toContain("lost");
  expect(trouble({}, true)?.title).toContain("old");
  expect(trouble({ conflicts: 1 })?.isBad).toBe(false);
});
