import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { Locator } from "@playwright/test";
import { fakeDropbox } from "../desktop-runner/src/backup/testing/fake-dropbox.ts";
import { fakeGoogleDrive } from "../desktop-runner/src/backup/testing/fake-google-drive.ts";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { online, pairAnother, startAnother } from "./faults/second-runner.ts";
import { expect, test } from "./fixtures.ts";

const vendors = [
  { option: "Google Drive", vendor: "Google", start: fakeGoogleDrive, address: "DESKHAND_GOOGLE_URL" },
  { option: "Dropbox", vendor: "Dropbox", start: fakeDropbox, address: "DESKHAND_DROPBOX_URL" },
];

for (const { option, vendor, start, address } of vendors) {
  test(`the owner of a computer signs in to ${option} on the runner's own page, and backs up there`, async ({
    page,
    demo,
    product,
  }, info) => {
    test.slow();
    const cloud = await start().listen();
    const folder = await mkdtemp(path.join(tmpdir(), "deskhand-cloud-"));
    const home = path.join(folder, "home");
    const runnerId = await pairAnother(demo, product, home, "--name", own(vendor));
    const runner = startAnother(home, { [address]: cloud.url });
    await online(demo, runnerId);
    await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
    await page.goto((await deskhand(["open"], { env: { DESKHAND_HOME: home } })).lines[0]?.url as string);
    const section = page.getByRole("region", { name: "Backup" });

    const look = async (name: string, of: Locator = section) => {
      const shown = of.page();
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1440, 390]) {
          await shown.setViewportSize({ width, height: 900 });
          await shown.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          expect((await new AxeBuilder({ page: shown }).setLegacyMode().analyze()).violations).toEqual([]);
          expect(await shown.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
          await of.screenshot({ path: info.project.outputDir.concat(`/pages/cloud-${vendor}-${name}-${width}-${colorScheme}.png`) });
        }
      }
    };
    const setUp = section.getByRole("button", { name: "Set up" });
    await section.getByLabel("Where to").selectOption(option);
    await expect(setUp).toBeDisabled();

    await test.step("the owner's own app is asked for", async () => {
      await section.getByLabel(vendor === "Google" ? "Client id" : "App key").fill("client");
      if (vendor === "Google") await section.getByLabel("Client secret").fill("secret");
      await look("app");
      await section.getByRole("button", { name: `Sign in with ${vendor}` }).click();
    });

    await test.step("the vendor is asked in a window of its own", async () => {
      const opening = page.context().waitForEvent("page");
      const link = section.getByRole("link", { name: `Open ${vendor} and allow it` });
      await expect(link).toBeVisible();
      await look("asked");
      await link.click();
      const window = await opening;
      if (vendor === "Google") {
        await window.getByRole("link", { name: "Allow" }).click();
        await expect(window.getByRole("heading", { name: "Signed in" })).toBeVisible();
        expect(new URL(window.url()).search).toBe("");
        await look("back", window.locator("body"));
      } else {
        await section.getByLabel("Code").fill((await window.locator("#code").textContent()) ?? "");
        await section.getByRole("button", { name: "Go on" }).click();
      }
      await window.close();
      await expect(section.getByText(`Signed in to ${vendor}`)).toBeVisible({ timeout: 60_000 });
      await look("signed-in");
    });

    await test.step("the backup is set up and made there", async () => {
      await section.getByLabel("Passphrase").fill("several words that are easy");
      await section.getByLabel("Once more").fill("several words that are easy");
      await setUp.click();
      await section.getByRole("button", { name: "I have written it down" }).click({ timeout: 60_000 });
      await section.getByRole("button", { name: "Back up now" }).click();
      await expect(section.getByText(/1 profile, .* sent/)).toBeVisible({ timeout: 60_000 });
      await look("standing");
    });
    await runner.stop();
    expect(cloud.problems).toEqual([]);
    await cloud.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
}
