import type { Page } from "@playwright/test";
import { createProfile, createRunner, createWorkflow } from "@/server/testing/factories";
import { expect, test } from "./fixtures.ts";
import { withDatabase } from "./people.ts";

test("with more workflows than a list shows, each can be chosen by its name", async ({ personPage: page, person, product }) => {
  const { projectId } = person;
  const profile = await withDatabase(product, async (db) => {
    const runner = await createRunner(db, { projectId });
    // the oldest is the last of all lists
    await createWorkflow(db, { projectId, name: "Needle" });
    for (let count = 1; count <= 101; count++) await createWorkflow(db, { projectId, name: `Hay ${count}` });
    return createProfile(db, { projectId, runnerId: runner.id });
  });
  const choose = async (field: ReturnType<Page["getByRole"]>) => {
    await field.fill("Needl");
    await page.getByRole("option", { name: "Needle" }).click();
    await expect(field).toHaveValue("Needle");
  };

  await test.step("what a deployment comes after", async () => {
    await page.goto("/dashboard/workflows");
    await page.getByRole("link", { name: "Hay 101" }).click();
    await page.getByRole("button", { name: "Deploy" }).click();
    const drawer = page.getByRole("dialog", { name: /^Deploy/ });
    await expect(drawer.getByRole("button", { name: "Deploy" })).toBeFocused();
    await drawer.getByRole("combobox", { name: "When", exact: true }).click();
    await page.getByRole("option", { name: "After another workflow" }).click();
    await choose(drawer.getByRole("combobox", { name: "After" }));
  });

  await test.step("what chosen profiles are to do", async () => {
    await page.goto("/dashboard/profiles");
    await page.getByRole("checkbox", { name: profile.name }).check();
    await page.getByRole("button", { name: "Deploy to them" }).click();
    const dialog = page.getByRole("dialog", { name: "Deploy to the profile" });
    await choose(dialog.getByRole("combobox", { name: "Workflow" }));
    await expect(dialog.getByText("Starts version 1 now")).toBeVisible();
  });
});
