import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { online, pairAnother, startAnother } from "./faults/second-runner.ts";
import { expect, test } from "./fixtures.ts";
import { watchPage } from "./watch-page.ts";

test("the owner of a computer sets a backup up on the runner's own page, makes one and puts it back", async ({
  page,
  demo,
  product,
  ownerPage,
}, info) => {
  test.slow();
  const folder = await mkdtemp(path.join(tmpdir(), "deskhand-backup-"));
  const home = path.join(folder, "home");
  const runnerId = await pairAnother(demo, product, home, "--name", own("Desk"));
  const runner = startAnother(home);
  await online(demo, runnerId);
  await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
  await page.goto((await deskhand(["open"], { env: { DESKHAND_HOME: home } })).lines[0]?.url as string);
  const section = page.getByRole("region", { name: "Backup" });

  const look = async (name: string) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect((await new AxeBuilder({ page }).setLegacyMode().analyze()).violations).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        await section.screenshot({ path: info.project.outputDir.concat(`/pages/local-backup-${name}-${width}-${colorScheme}.png`) });
      }
    }
  };
  await test.step("a passphrase that is typed wrong the second time, or is too short, is told", async () => {
    await section.getByLabel("Folder", { exact: true }).fill(path.join(folder, "backup"));
    await section.getByLabel("Passphrase").fill("short");
    await section.getByLabel("Once more").fill("other");
    await section.getByRole("button", { name: "Set up" }).click();
    await expect(section.getByRole("alert")).toHaveText("The two passphrases are not the same.");
    await section.getByLabel("Once more").fill("short");
    await section.getByRole("button", { name: "Set up" }).click();
    await expect(section.getByRole("alert")).toContainText("12 characters");
    await look("set-up");
  });

  await test.step("the recovery key is shown once", async () => {
    await section.getByLabel("Passphrase").fill("several words that are easy");
    await section.getByLabel("Once more").fill("several words that are easy");
    await section.getByRole("button", { name: "Set up" }).click();
    await expect(section.getByText("AGE-SECRET-KEY-1")).toBeVisible({ timeout: 60_000 });
    await look("key");
    await section.getByRole("button", { name: "I have written it down" }).click();
    await expect(section.getByText("AGE-SECRET-KEY-1")).toBeHidden();
    await page.reload();
    await expect(section.getByText("None yet")).toBeVisible();
  });

  await test.step("the page can be read by everybody, in both themes, on a desk and on a phone", () => look("standing"));

  await test.step("a backup is made, and put back", async () => {
    await section.getByRole("button", { name: "Back up now" }).click();
    await expect(section.getByText(/1 profile, .* sent/)).toBeVisible({ timeout: 60_000 });
    await section.getByRole("button", { name: "Restore all profiles from the newest backup" }).click();
    await section.getByRole("button", { name: "Put the newest backup over what is here" }).click();
    await expect(section.getByText("1 profile put back.")).toBeVisible({ timeout: 60_000 });
  });
  await test.step("the dashboard tells of it, without the place or a key", async () => {
    const watch = watchPage(ownerPage);
    await ownerPage.goto(`/dashboard/runners/${runnerId}`);
    await expect(ownerPage.getByRole("region", { name: "Backup" }).getByText(/1 profile/)).toBeVisible({ timeout: 60_000 });
    await watch("runner-backup", info);
  });
  await runner.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
