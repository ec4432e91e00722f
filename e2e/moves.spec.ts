import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { createProfile, createRunner } from "@/server/testing/factories";

import { expect, test } from "./fixtures.ts";
import { withDatabase } from "./people.ts";

test("profiles are sent to another runner from their menu and together, wait for it in sight, and stay when that is stopped", async ({
  person,
  personPage: page,
  product,
}) => {
  const { projectId } = person;
  await withDatabase(product, async (db) => {
    const [from, to] = [await createRunner(db, { projectId, name: "Studio" }), await createRunner(db, { projectId, name: "Laptop" })];
    for (const { id } of [from, to]) {
      const sealRecipient = await identityToRecipient(await generateX25519Identity());
      await db.runner.update({ where: { id }, data: { sealRecipient } });
    }
    for (const name of ["Ann", "Bea"]) await createProfile(db, { projectId, runnerId: from.id, name });
  });
  const moves = page.getByRole("status", { name: "Moves to another runner" });
  // room for the column of the menus
  await page.setViewportSize({ width: 1600, height: 900 });
  await page.goto("/dashboard/profiles");

  await test.step("one from its menu", async () => {
    await page.getByRole("button", { name: "Actions for Ann" }).click();
    await page.getByRole("menuitem", { name: "Move to another runner" }).click();
    const dialog = page.getByRole("dialog", { name: "Move Ann to another runner" });
    await dialog
      .getByRole("combobox", { name: "Runner" })
      .or(dialog.getByRole("textbox", { name: "Runner" }))
      .click();
    await page.getByRole("option", { name: "Laptop (offline)" }).click();
    await dialog.getByRole("button", { name: "Move", exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(moves).toContainText("1 profile is on the way to another runner");
    await expect(moves).toContainText("Ann Studio is putting it together for Laptop");
  });

  await test.step("all together: one is on its way already", async () => {
    await page.getByRole("checkbox", { name: "Select all" }).check();
    await page.getByRole("button", { name: "More for the chosen profiles" }).click();
    await page.getByRole("menuitem", { name: "Move to another runner" }).click();
    const dialog = page.getByRole("dialog", { name: "Move 2 profiles to another runner" });
    await dialog
      .getByRole("combobox", { name: "Runner" })
      .or(dialog.getByRole("textbox", { name: "Runner" }))
      .click();
    await page.getByRole("option", { name: "Laptop (offline)" }).click();
    await dialog.getByRole("button", { name: "Move", exact: true }).click();
    await expect(dialog.getByText("Ann: This profile is on its way to another runner.")).toBeVisible();
    await dialog.getByRole("button", { name: "Done" }).click();
    await expect(moves).toContainText("2 profiles are on the way to another runner");
  });

  await test.step("and stopped", async () => {
    await moves.getByRole("button", { name: "Stop" }).click();
    await expect(moves).toBeHidden();
  });
});
