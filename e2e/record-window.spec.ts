import type { Recording } from "@deskhand/shared/schemas/recording";
import { takeScreen } from "../desktop-runner/src/testing/screen-hands.ts";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { runnerDisplay } from "./product.ts";
import { steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

/** Somebody who tries again looks first whether it was of use. */
const unhurried = { intervals: [3_000], timeout: 60_000 };

test("what a person does in a window on the runner's screen becomes steps, and is kept when they close it", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const site = `${product.url}/practice/sign-in`;
  const recording: Recording = { title: own("In a window"), steps: [steps.open(site)] };
  const [workflow, profile] = await Promise.all([demo.createWorkflow(recording), demo.createProfile()]);
  const look = watchPage(page);
  await page.goto(`/dashboard/workflows/${workflow.id}?record=1`);
  const drawer = page.getByRole("dialog", { name: `Record ${recording.title}` });
  await drawer
    .getByRole("combobox", { name: "Profiles" })
    .or(drawer.getByRole("textbox", { name: "Profiles" }))
    .fill(profile.name);
  await page.getByRole("option", { name: profile.name }).click();
  await drawer.getByRole("heading").first().click();
  await drawer.getByRole("radio", { name: /In a window on/ }).click();
  await drawer.getByRole("button", { name: "Record", exact: true }).click();
  await page.waitForURL(/\/dashboard\/runs\//);
  await expect(page.getByText(/A window is open on .+’s screen/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Give back" })).toBeVisible();
  await expect(drawer).toBeHidden();
  await look("record-window-waits", info);
  const list = page.getByRole("list", { name: "Recorded steps" });

  const hands = await takeScreen(runnerDisplay());
  // nobody has said when the page is painted: the press is done until it is seen
  await expect(async () => {
    await hands.click(400, 300);
    await expect(list.getByText("Click", { exact: false }).first()).toBeVisible({ timeout: 2_000 });
  }).toPass(unhurried);
  await hands.click(500, 65);
  await hands.type(`${product.url}/practice\n`);
  await expect(list.getByText(`${product.url}/practice`, { exact: false }).last()).toBeVisible();
  await look("record-window", info);
  await expect(async () => {
    await hands.control("w");
    await expect(page.getByText("The window was closed.", { exact: false })).toBeVisible({ timeout: 2_000 });
  }).toPass(unhurried);
  hands.close();
  await look("record-window-closed", info);
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.waitForURL(/\/dashboard\/workflows\//);
  const { recording: saved } = await demo.call<{ recording: Recording }>("GET", `/workflows/${workflow.id}/version?number=2`);
  expect(saved.steps.length).toBeGreaterThan(recording.steps.length);
  expect(saved.steps.at(-1)).toMatchObject({ type: "navigate", url: `${product.url}/practice` });
});
