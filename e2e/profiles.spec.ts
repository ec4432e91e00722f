import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProfileTarget } from "@deskhand/shared/schemas/profile-bulk";
import type { Page } from "@playwright/test";
import { addMember } from "@/server/testing/factories";
import { own } from "./demo.ts";
import { test as base, expect } from "./fixtures.ts";
import { withDatabase } from "./people.ts";
import { held, recording, steps } from "./recordings.ts";

type Shop = { url: string; mend(): void };

/** A site whose first visitor finds it broken until somebody mends it. */
const test = base.extend<{ shop: Shop }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  shop: async ({}, use) => {
    let unlucky = 1;
    const server = createServer((_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(unlucky-- > 0 ? "<title>Broken</title><p>Out of order.</p>" : "<title>Shop</title><h1>Shop</h1>");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, mend: () => (unlucky = 0) });
    server.closeAllConnections();
    server.close();
  },
});

const grid = (page: Page) => page.getByRole("grid", { name: "Profiles" });
const rowsOf = (page: Page) =>
  grid(page)
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell") });
const chosen = (page: Page) => page.getByRole("region", { name: "Chosen profiles" });
/** The header is a row of the grid too. */
const expectRows = (page: Page, count: number) => expect(grid(page)).toHaveAttribute("aria-rowcount", String(count + 1));

async function search(page: Page, text: string) {
  await page.getByRole("searchbox", { name: "Search profiles" }).fill(text);
}

test("thirty profiles are made, found again, chosen by keyboard, copied, deleted and brought back, and do a batch together", async ({
  ownerPage: page,
  demo,
  shop,
}) => {
  test.setTimeout(240_000);
  const name = own("Many");
  const broken = steps.see("h1", 1500);
  const workflow = await demo.createWorkflow(recording(own("Visit the shop"), steps.open(shop.url), broken));
  await page.goto("/dashboard/profiles");

  await test.step("thirty at once, with names by a pattern and a tag", async () => {
    await page.getByRole("button", { name: "Create profile" }).click();
    const dialog = page.getByRole("dialog", { name: "Create profile" });
    // other journeys pair runners of their own to the same project
    await dialog.getByRole("combobox", { name: "Runner" }).click();
    await page.getByRole("option", { name: await demo.runnerName() }).click();
    await dialog.getByRole("textbox", { name: "Name" }).fill(`${name} {n:02}`);
    await dialog.getByRole("textbox", { name: "How many" }).fill("30");
    await expect(dialog.getByText(`${name} 01, ${name} 02 … ${name} 30`)).toBeVisible();
    await dialog
      .getByRole("combobox", { name: "Tags" })
      .or(dialog.getByRole("textbox", { name: "Tags" }))
      .fill("fresh");
    await page.keyboard.press("Enter");
    await dialog.getByLabel("Languages").fill("german!");
    await page.keyboard.press("Enter");
    await expect(dialog.getByText("“german!” is not a language tag; give one like de-DE or en.")).toBeVisible();
    const create = dialog.getByRole("button", { name: "Create 30 profiles" });
    await expect(create).toBeDisabled();
    await page.keyboard.press("Backspace");
    await dialog.getByLabel("Languages").fill("de-DE");
    await page.keyboard.press("Enter");
    await dialog.getByRole("combobox", { name: "Time zone" }).fill("Europe/Berl");
    await page.getByRole("option", { name: "Europe/Berlin" }).click();
    await dialog.getByRole("heading").click();
    await create.click();
    await expect(page.getByText("30 profiles were created.")).toBeVisible();
    const { items } = await demo.call<{ items: ProfileTarget[] }>("POST", "/profiles/many/find", { filter: { search: name } });
    const devices = items.map(({ settings }) => settings.identity);
    for (const device of devices) expect(device).toMatchObject({ languages: ["de-DE"], timeZone: "Europe/Berlin" });
    expect(devices).toHaveLength(30);
  });

  await test.step("found as one types, sorted by a click, and the filter is kept", async () => {
    await search(page, name.toLowerCase());
    await expectRows(page, 30);
    await grid(page).getByRole("button", { name: "Profile", exact: true }).click();
    await expect(rowsOf(page).first()).toContainText(`${name} 01`);
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("textbox", { name: "Name of the filter" }).fill(name);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`The filter ${name} was saved.`)).toBeVisible();
    await search(page, "nothing of that name");
    await expect(page.getByText("No profile matches")).toBeVisible();
    await page.getByRole("button", { name: "Saved filters" }).click();
    await page.getByRole("button", { name, exact: true }).click();
    await expectRows(page, 30);
    await expect(page).toHaveURL(/sort=name/);
  });

  await test.step("six are chosen by keyboard and get a tag and a group", async () => {
    await grid(page).focus();
    await page.keyboard.press("ArrowDown");
    for (let n = 0; n < 5; n++) await page.keyboard.press("Shift+ArrowDown");
    await expect(chosen(page)).toContainText("6 profiles chosen");
    await chosen(page).getByRole("button", { name: "Tags" }).click();
    const tags = page.getByRole("dialog", { name: /^Tags of 6 profiles/ });
    await tags.getByLabel("Add").fill("batch");
    await page.keyboard.press("Enter");
    // the list of known tags lies over the buttons while one chooses
    await tags.getByRole("heading").click();
    await tags.getByRole("button", { name: "Save" }).click();
    await expect(page.getByText("6 profiles changed.")).toBeVisible();
    await expect(rowsOf(page).first()).toContainText("batch");
    await chosen(page).getByRole("button", { name: "Group" }).click();
    const group = page.getByRole("dialog", { name: /^Group of 6 profiles/ });
    await group.getByRole("combobox", { name: "Group" }).fill(name);
    await page.getByRole("option", { name: `Create “${name}”` }).click();
    await group.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("button", { name: `${name} 6` })).toBeVisible();
    await page.keyboard.press("Escape");
  });

  await test.step("all that match are chosen with Ctrl+A, one is left out, and none with Esc", async () => {
    await grid(page).focus();
    await page.keyboard.press("Control+a");
    await expect(chosen(page)).toContainText("30 profiles chosen");
    await rowsOf(page).first().getByRole("checkbox").click();
    await expect(chosen(page)).toContainText("29 profiles chosen");
    await grid(page).focus();
    await page.keyboard.press("Escape");
    await expect(chosen(page)).toBeHidden();
  });

  await test.step("two are copied, and the copies deleted, brought back and deleted for good", async () => {
    await rowsOf(page).nth(6).getByRole("checkbox").click();
    await rowsOf(page).nth(7).getByRole("checkbox").click();
    await chosen(page).getByRole("button", { name: "Clone" }).click();
    const clone = page.getByRole("dialog", { name: "Clone 2 profiles" });
    await expect(clone.getByRole("checkbox", { name: "Keep the device identity" })).not.toBeChecked();
    await clone.getByRole("button", { name: "Clone" }).click();
    await expect(page.getByText("2 profiles copied.")).toBeVisible();
    await search(page, `${name} copy`);
    await expectRows(page, 2);
    await grid(page).focus();
    await page.keyboard.press("Control+a");
    const remove = async () => {
      await chosen(page).getByRole("button", { name: "More for the chosen profiles" }).click();
      await page.getByRole("menuitem", { name: "Delete" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Delete profiles" }).click();
    };
    await remove();
    await expect(page.getByText("2 profiles deleted.")).toBeVisible();
    await page.getByRole("button", { name: "Undo" }).click();
    await expectRows(page, 2);
    await grid(page).focus();
    await page.keyboard.press("Control+a");
    await remove();
    await page
      .getByRole("navigation", { name: "Groups" })
      .getByRole("button", { name: /^Deleted/ })
      .click();
    await search(page, `${name} copy`);
    await expectRows(page, 2);
    await grid(page).focus();
    await page.keyboard.press("Control+a");
    await chosen(page).getByRole("button", { name: "Delete for good now" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
    await expect(page.getByText("2 profiles ended for good.")).toBeVisible();
  });

  await test.step("the group does a batch: one fails and holds up none of the others, and is tried again", async () => {
    await page.goto(`/dashboard/workflows/${workflow.id}`);
    await page.getByRole("button", { name: "Deploy" }).first().click();
    const drawer = page.getByRole("dialog", { name: /^Deploy / });
    // other journeys pair runners of their own to the same project
    await drawer.getByRole("combobox", { name: "Runner" }).click();
    await page.getByRole("option", { name: await demo.runnerName() }).click();
    await drawer.getByRole("combobox", { name: "Group" }).click();
    await page.getByRole("option", { name: `${name} (6)` }).click();
    await drawer.getByRole("button", { name: "Deploy to 6 profiles" }).click();
    await page.waitForURL(/\/dashboard\/deployments\//);
    const table = page.getByRole("table", { name: "Profiles of this deployment" });
    await expect(table.getByRole("row")).toHaveCount(6);
    await expect(page.getByText("6 of 6 are over")).toBeVisible({ timeout: 45_000 });
    await expect(page.getByRole("button", { name: "Succeeded 5" })).toBeVisible();
    await page.getByRole("button", { name: "Failed 1" }).click();
    await expect(table.getByRole("row")).toHaveCount(1);
    await expect(table.getByRole("row")).toContainText("Step 2:");
    shop.mend();
    await page.getByRole("button", { name: "Retry 1 failed" }).click();
    await expect(page.getByRole("button", { name: "Succeeded 6" })).toBeVisible({ timeout: 45_000 });
    await page.goto("/dashboard/deployments");
    const listed = page.getByRole("table", { name: "Deployments" }).getByRole("row").filter({ hasText: workflow.name });
    await expect(listed).toContainText("Succeeded");
  });
});

test("who needs a profile that is in use asks for it, or takes it over with a reason that is kept", async ({
  ownerPage: page,
  demo,
  gate,
  product,
}) => {
  const [workflow, profile] = await Promise.all([demo.createWorkflow(held(gate, own("Held"))), demo.createProfile()]);
  const runId = await demo.deploy(workflow.id, profile.id);
  await page.goto(`/dashboard/profiles/${profile.id}`);
  await expect(page.getByRole("heading", { name: "In use" })).toBeVisible();
  // who has it oneself has nobody to ask
  await expect(page.getByText("You have it, with a run of yours")).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask for it" })).toBeHidden();
  await withDatabase(product, async (db) => {
    const { projectId } = await db.run.findUniqueOrThrow({ where: { id: runId } });
    const { id: requestedById } = await addMember(db, projectId, "member");
    await db.command.update({ where: { runId }, data: { requestedById } });
  });
  await page.reload();
  await page.getByRole("button", { name: "Ask for it" }).click();
  await page.getByRole("textbox", { name: "Message" }).fill("A minute only");
  await page.getByRole("button", { name: "Ask for it" }).click();
  await expect(page.getByText("You asked for it")).toBeVisible();
  await page.getByRole("button", { name: "Ask no longer" }).click();
  await page.getByRole("button", { name: "Take it over" }).click();
  await page.getByRole("textbox", { name: "Why do you take it over?" }).fill("It hangs");
  await page.getByRole("button", { name: "Take it over" }).click();
  await expect(page.getByText(/took it over: “It hangs”/)).toBeVisible();
  expect(await demo.ended(runId)).toMatchObject({ state: "cancelled" });
});
