import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";

const cookies = (value: string) =>
  `# Netscape HTTP Cookie File\nshop.example\tFALSE\t/\tTRUE\t1999999999\tsid\t${value}\nshop.example\tFALSE\t/\tTRUE\t1999999999\tlang\ten\n`;
const file = (name: string, content: string | Buffer) => ({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
const dialog = (page: Page) => page.getByRole("dialog", { name: "Import profiles" });

async function openImport(page: Page, runner: string, files: ReturnType<typeof file>[]) {
  await page.goto("/dashboard/profiles");
  await page.getByRole("button", { name: "Import" }).click();
  // other journeys pair runners of their own to the same project
  await dialog(page).getByRole("combobox", { name: "Runner" }).click();
  await page.getByRole("option", { name: runner }).click();
  await dialog(page).locator("input[type=file]").setInputFiles(files);
}

/** Exports the profile whose page is open. @returns the file */
async function exported(page: Page, format: string, passphrase?: string): Promise<Buffer> {
  await page.getByRole("combobox", { name: "Export as" }).click();
  await page.getByRole("option", { name: format }).click();
  if (passphrase) await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export", exact: true }).click()]);
  return readFile(await download.path());
}

async function openProfile(page: Page, name: string) {
  await page.getByRole("searchbox", { name: "Search profiles" }).fill(name);
  await page.getByRole("link", { name, exact: true }).click();
  await expect(page.getByRole("heading", { name: "Import and export" })).toBeVisible();
}

test("files become profiles, one that is wrong says in which line, and an exported profile comes back as a new one", async ({
  ownerPage: page,
  demo,
}) => {
  test.setTimeout(180_000);
  const runner = await demo.runnerName();
  const [first, second, copy] = [own("First"), own("Second"), own("Copy")];

  await test.step("two files are imported, and the third tells its line and is left out", async () => {
    await openImport(page, runner, [
      file(`${first}.cookies.txt`, cookies("one")),
      file(`${second}.txt`, cookies("two")),
      file("broken.txt", `${cookies("three")}not a cookie\n`),
    ]);
    const broken = dialog(page).getByRole("listitem").filter({ hasText: "broken.txt" });
    await expect(broken.getByText("line 4")).toBeVisible();
    await expect(dialog(page).getByText("cookies.txt with 2 cookies")).toHaveCount(2);
    await dialog(page).getByRole("button", { name: "Leave out broken.txt" }).click();
    await dialog(page).getByRole("button", { name: "Import 2 profiles" }).click();
    await expect(page.getByText("2 profiles imported.")).toBeVisible({ timeout: 60_000 });
    await expect(dialog(page)).toBeHidden();
  });

  let bundle: Buffer;
  await test.step("one of them is exported, as a state and as a sealed bundle", async () => {
    await openProfile(page, second);
    const state = JSON.parse((await exported(page, "Playwright storage state")).toString()) as {
      cookies: { name: string; value: string }[];
    };
    expect(state.cookies).toContainEqual(expect.objectContaining({ name: "sid", value: "two" }));
    bundle = await exported(page, "Sealed bundle (all of it)", "correct horse battery");
    expect(bundle.toString("latin1")).not.toContain("sid");
  });

  await test.step("the bundle becomes a profile of its own; with a wrong passphrase it becomes none", async () => {
    await openImport(page, runner, [file(`${copy}.deskhand.age`, bundle)]);
    const passphrase = dialog(page).getByLabel("Passphrase of the bundle");
    await passphrase.fill("something else");
    await dialog(page).getByRole("button", { name: "Import 1 profile" }).click();
    await expect(dialog(page).getByRole("alert")).toBeVisible({ timeout: 60_000 });
    await passphrase.fill("correct horse battery");
    await dialog(page).getByRole("button", { name: "Import 1 profile" }).click();
    await expect(page.getByText("1 profile imported.")).toBeVisible({ timeout: 60_000 });
    await openProfile(page, copy);
    const state = JSON.parse((await exported(page, "Playwright storage state")).toString()) as {
      cookies: { name: string; value: string }[];
    };
    expect(state.cookies).toContainEqual(expect.objectContaining({ name: "sid", value: "two" }));
  });
});
