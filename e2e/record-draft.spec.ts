import type { Recording } from "@deskhand/shared/schemas/recording";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { HoldSurface, placeOf } from "./hold-surface.ts";
import { steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

test("what is recorded after a workflow with tests is a draft, and is published when they pass", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const site = `${product.url}/practice/sign-in`;
  const title = own("Longer");
  const tested: Recording = { title, tests: [{ name: "Opens", expect: {} }], steps: [steps.open(site)] };
  const workflow = await demo.createWorkflow(tested);
  const profile = await demo.createProfile();
  const latest = async () => (await demo.call<{ latestVersion: number }>("GET", `/workflows/${workflow.id}`)).latestVersion;

  await page.goto(`/dashboard/workflows/${workflow.id}?record=1`);
  const drawer = page.getByRole("dialog", { name: `Record ${title}` });
  await drawer
    .getByRole("combobox", { name: "Profiles" })
    .or(drawer.getByRole("textbox", { name: "Profiles" }))
    .fill(profile.name);
  await page.getByRole("option", { name: profile.name }).click();
  await drawer.getByRole("heading").first().click();
  const place = drawer.getByRole("radiogroup", { name: "Where you record" });
  await expect(place.getByRole("radio", { name: /in a window/i })).not.toBeChecked();
  await expect(place.getByRole("radio", { name: /in the dashboard/i })).toBeChecked();
  await watchPage(page)("record-drawer", info);
  await drawer.getByRole("button", { name: "Record", exact: true }).click();
  await page.waitForURL(/\/dashboard\/runs\//);
  const surface = await HoldSurface.of(page);
  await expect(page.getByRole("textbox", { name: "Address of the page" })).toHaveValue(site);
  const twin = await surface.twin(site);
  const email = await placeOf(twin, "email");
  await twin.close();
  await surface.press(email);
  await page.keyboard.type("demo@practice.example");
  await expect(page.getByRole("list", { name: "Recorded steps" }).getByText("demo@practice.example")).toBeVisible();

  // somebody else publishes a version meanwhile: what was recorded is not lost, and takes its place only when the person says so
  await demo.call("POST", `/workflows/${workflow.id}/versions`, { recording: JSON.stringify({ ...tested, timeout: 9_000 }) });
  const save = page.getByRole("button", { name: "Save as a new version" });
  await save.click();
  const question = page.getByRole("dialog", { name: "Version 2 was published meanwhile" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("list", { name: "Recorded steps" }).getByText("demo@practice.example")).toBeVisible();
  await save.click();
  await question.getByRole("button", { name: "Save as a newer version all the same" }).click();

  await page.waitForURL(/version=3/);
  const draft = page.getByRole("alert").filter({ hasText: "Nobody gets it" });
  await expect(draft).toContainText("1 test was not run yet.");
  expect(await latest()).toBe(2);
  await page.getByRole("combobox", { name: "Run them with profile" }).click();
  await page.getByRole("option", { name: profile.name }).click();
  await page.getByRole("button", { name: "Run the test" }).click();
  await expect(draft).toContainText("1 test passed.", { timeout: 60_000 });
  await draft.getByRole("button", { name: "Publish" }).click();
  await expect.poll(latest).toBe(3);
});
