import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { Page } from "@playwright/test";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { watchPage } from "./watch-page.ts";

// what axe says is enough to find the place, and traces of these pages cost more than the tests
test.use({ trace: "off" });
test.describe.configure({ timeout: 240_000 });

/** Gives a profile of the local runner something that was saved. @returns its folder */
function save({ id }: ProfileView, home: string): string {
  const folder = path.join(home, "profiles", id);
  mkdirSync(folder, { recursive: true });
  const cookie = { name: "sid", value: id, domain: "shop.example", path: "/", expires: -1, httpOnly: true, secure: true, sameSite: "Lax" };
  writeFileSync(path.join(folder, "state.json"), JSON.stringify({ cookies: [cookie], origins: [] }));
  return folder;
}

async function choose(page: Page, name: string) {
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  const grid = page.getByRole("grid", { name: "Profiles" });
  await expect(grid.getByRole("link", { name }).first()).toBeVisible();
  await grid.focus();
  await page.keyboard.press("Control+a");
  await page.getByRole("button", { name: "More for the chosen profiles" }).click();
}

test("the chosen profiles are exported, a bundle each to a recipient, and those that cannot be are told", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const name = own("Exported");
  const [first, second] = [await demo.createProfile(`${name} 1`), await demo.createProfile(`${name} 2`)];
  await demo.createProfile(`${name} never used`);
  save(first, product.home);
  save(second, product.home);
  const key = await generateX25519Identity();
  const look = watchPage(page);
  await choose(page, name);
  await page.getByRole("menuitem", { name: "Export" }).click();
  const dialog = page.getByRole("dialog", { name: "Export 3 profiles" });
  await dialog.getByRole("combobox", { name: "Sealed with" }).click();
  await page.getByRole("option", { name: "A recipient's key" }).click();
  await dialog.getByLabel("Recipient", { exact: true }).fill("age1nonsense");
  await expect(dialog.getByText("begins with age1")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Export" })).toBeDisabled();
  await look("profiles-export", info);
  await dialog.getByLabel("Recipient", { exact: true }).fill(await identityToRecipient(key));
  const files: Record<string, string> = {};
  page.on("download", async (download) => {
    files[download.suggestedFilename()] = await download.path();
  });
  await dialog.getByRole("button", { name: "Export" }).click();
  await expect(dialog.getByRole("status")).toHaveText("2 of 3 exported.", { timeout: 60_000 });
  await expect(dialog.getByRole("listitem")).toContainText(`${name} never used`);
  await look("profiles-exported", info);
  await expect.poll(() => Object.keys(files).sort()).toEqual([`${name} 1.deskhand.age`, `${name} 2.deskhand.age`]);
  const decrypter = new Decrypter();
  decrypter.addIdentity(key);
  for (const file of Object.values(files)) expect(await decrypter.decrypt(readFileSync(file))).toBeInstanceOf(Uint8Array);
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(dialog).toBeHidden();
});

test("a profile that its runner does not delete is there again, says why, and is quiet once somebody has seen it", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const profile = await demo.createProfile(own("Kept"));
  const folder = save(profile, product.home);
  // a program of the runner's computer that is alive has it
  writeFileSync(path.join(folder, "lock"), `${process.pid} a program`);
  const look = watchPage(page);
  await choose(page, profile.name);
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete profiles" }).click();
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: profile.name }) });
  await expect(row.getByRole("img", { name: "Something happened to it" })).toBeVisible({ timeout: 60_000 });
  await look("profiles-kept", info);
  await row.getByRole("link", { name: profile.name }).click();
  const notice = page.getByRole("alert").filter({ hasText: "Its runner did not delete it, and it is back." });
  await expect(notice.getByText("The profile is in use.")).toBeVisible();
  await look("profile-kept", info);
  await notice.getByRole("button", { name: "Seen" }).click();
  await expect(notice).toBeHidden();
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(profile.name)}`);
  await expect(row).toBeVisible();
  await expect(row.getByRole("img")).toBeHidden();
});
