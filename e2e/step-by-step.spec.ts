import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test.describe.configure({ mode: "default", timeout: 300_000 });

let open: string | undefined;
test.afterEach(async ({ demo }) => {
  // a page that stays open would keep the runs of other journeys waiting
  if (open !== undefined) await demo.send("POST", `/runs/${open}/cancel`, {});
});

const rows = (page: Page) => page.getByRole("list", { name: "Steps", exact: true }).locator("button[data-step]");
const form = (page: Page) => page.getByRole("region", { name: "Chosen step" });
const trial = (page: Page) => page.getByRole("region", { name: "Page of the trial" });

test("a person tries a draft step by step on a page that stays open, and mends a selector while they look at what it finds", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const site = `${product.url}/practice/sign-in`;
  const look = watchPage(page);
  const name = own("Tried");
  const profile = await demo.createProfile();
  const { id: workflowId } = await demo.createWorkflow({
    ...recording(
      name,
      steps.open(site),
      { type: "change", selectors: ["[data-testid='email']"], value: "demo@practice.example" },
      { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["#nothing-here"] } },
    ),
    timeout: 3000,
  });

  await page.goto(`/dashboard/workflows/${workflowId}/edit`);
  await page.getByRole("button", { name: "Try steps" }).click();
  const drawer = page.getByRole("dialog", { name: "Try the steps" });
  await drawer
    .getByRole("combobox", { name: "Runner" })
    .or(drawer.getByRole("textbox", { name: "Runner" }))
    .click();
  await page.getByRole("option", { name: await demo.runnerName() }).click();
  await drawer
    .getByRole("combobox", { name: "Profiles" })
    .or(drawer.getByRole("textbox", { name: "Profiles" }))
    .fill(profile.name);
  await page.getByRole("option", { name: profile.name }).click();
  // the list of profiles lies over the button while one chooses
  await drawer.getByRole("heading").first().click();
  await drawer.getByRole("button", { name: "Open the page" }).click();

  await expect(trial(page)).toBeVisible();
  const { items } = await demo.call<{ items: { id: string }[] }>("GET", `/runs?workflowId=${workflowId}`);
  open = items[0]?.id;
  const next = trial(page).getByRole("button", { name: "Next step" });
  // other runs may be before it
  await expect(next).toBeEnabled({ timeout: 150_000 });
  await expect(trial(page).getByText("Stands before step 1.")).toBeVisible();
  await page.getByRole("radiogroup", { name: "View" }).getByText("List", { exact: true }).click();

  await test.step("the first step opens the page, and the element of the next one is shown there", async () => {
    await next.click();
    await expect(rows(page).nth(0)).toContainText("Done in", { timeout: 30_000 });
    await expect(rows(page).nth(1)).toContainText("Next");
    await expect(form(page).getByText("1 on the page, it is taken")).toBeVisible({ timeout: 15_000 });
    await expect(page.getByTestId("trial-target")).toBeVisible();
    await expect(trial(page).getByRole("img", { name: "The page of the trial, live" })).toBeVisible();
  });

  await test.step("a step that fails says why, and is done again when its selector was mended, unsaved as it is", async () => {
    await trial(page).getByRole("button", { name: "Run on" }).click();
    await expect(rows(page).nth(2)).toContainText("Failed in", { timeout: 30_000 });
    await expect(rows(page).nth(1)).toContainText("Done in");
    await expect(form(page).getByText("Nothing on the page")).toBeVisible({ timeout: 15_000 });
    const way = form(page).getByRole("textbox", { name: "Element: way 1" });
    await way.fill("label");
    await expect(form(page).getByText(/^[2-9] on the page, the first one is taken$/)).toBeVisible({ timeout: 15_000 });
    await way.fill("main h1");
    await expect(form(page).getByText("1 on the page, it is taken")).toBeVisible({ timeout: 15_000 });
    await look("step-by-step", info);
    await next.click();
    await expect(rows(page).nth(2)).toContainText("heading = Sign in", { timeout: 30_000 });
    await expect(trial(page).getByText("All steps are done.")).toBeVisible();
  });

  await test.step("it runs from a step on, and to a step, on the same page", async () => {
    await rows(page).nth(1).click();
    await form(page).getByRole("button", { name: "Run from here" }).click();
    await expect(rows(page).nth(2)).toContainText("3 times", { timeout: 30_000 });
    await rows(page).nth(1).click();
    await form(page).getByRole("button", { name: "Run to here" }).click();
    await expect(trial(page).getByText("Stands before step 2.")).toBeVisible({ timeout: 30_000 });
  });

  await trial(page).getByRole("button", { name: "End", exact: true }).click();
  await expect(trial(page)).toHaveCount(0);
  expect(await demo.ended(open ?? "")).toMatchObject({ state: "succeeded", trial: true });
});
