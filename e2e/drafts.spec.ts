import type { Recording } from "@deskhand/shared/schemas/recording";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

test("what was edited is tested as a draft, is nobody's version meanwhile, and is published when its tests pass", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const title = own("Tested");
  const tested: Recording = {
    title,
    tests: [{ name: "Reads a heading", expect: {} }],
    steps: [
      steps.open(`${product.url}/practice`),
      { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["h1"] } },
    ],
  };
  const workflow = await demo.createWorkflow(tested);
  const profile = await demo.createProfile();
  const latest = async () => (await demo.call<{ latestVersion: number }>("GET", `/workflows/${workflow.id}`)).latestVersion;
  const edit = async (change: Partial<Recording>) => {
    await page.getByRole("radiogroup", { name: "View" }).getByText("JSON", { exact: true }).click();
    const json = page.getByRole("textbox", { name: "The document as JSON" });
    await json.fill(JSON.stringify({ ...tested, ...change }));
    await page.getByRole("button", { name: "Take over" }).click();
    await page.getByRole("button", { name: "Save version" }).click();
  };
  const dialog = page.getByRole("dialog", { name: "Run the tests first?" });

  await page.goto(`/dashboard/workflows/${workflow.id}/edit`);
  await edit({ tests: [{ name: "Reads a heading", expect: { heading: "Something else" } }] });
  await dialog.getByRole("button", { name: "Run the tests first" }).click();
  await page.waitForURL(/version=2/);
  const draft = page.getByRole("alert").filter({ hasText: "Nobody gets it" });
  await expect(draft).toContainText("1 test was not run yet.");
  expect(await latest()).toBe(1);

  const runTests = async () => {
    await page.getByRole("combobox", { name: "Run them with profile" }).click();
    await page.getByRole("option", { name: profile.name }).click();
    await page.getByRole("button", { name: "Run the test" }).click();
  };
  await runTests();
  await expect(draft).toContainText("1 test failed.", { timeout: 60_000 });
  await watchPage(page)("draft", info);
  await draft.getByRole("button", { name: "Publish anyway" }).click();
  await expect(page.getByRole("dialog", { name: "Publish it all the same?" })).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

  await draft.getByRole("link", { name: "Edit the draft" }).click();
  await page.waitForURL(/edit\?version=2/);
  await edit({ timeout: 4000 });
  await dialog.getByRole("button", { name: "Run the tests first" }).click();
  await page.waitForURL(/version=3/);
  await runTests();
  const passing = page.getByRole("alert").filter({ hasText: "Nobody gets it" });
  await expect(passing).toContainText("1 test passed.", { timeout: 60_000 });
  expect(await latest()).toBe(1);
  await passing.getByRole("button", { name: "Publish" }).click();
  await expect.poll(latest).toBe(3);
});
