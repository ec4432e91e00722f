import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";

test("a step that does not find its element any more is given another on the run's page, and the workflow goes on", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const title = own("Outdated");
  const selectors = ['aria/Sign in now[role="button"]', ["#old-sign-in"]];
  const outdated: Step = { type: "click", selectors, offsetX: 5, offsetY: 5, timeout: 3_000 };
  const runId = await demo.start(recording(title, steps.open(`${product.url}/practice/sign-in`), outdated));
  await page.goto(`/dashboard/runs/${runId}`);
  const repair = page.getByRole("region", { name: "Repair" });
  const first = repair.getByRole("listitem").filter({ hasText: "Sign in" }).first();
  await expect(first).toContainText('aria/Sign in[role="button"]');
  await expect(repair.getByRole("img")).toBeVisible();
  await repair.getByText("What was tried").click();
  await expect(repair.getByText("nothing on the page matches it").first()).toBeVisible();
  await first.getByRole("button", { name: "Use this" }).click();
  await expect(repair.getByRole("status")).toContainText("Version 2");
  await repair.getByRole("link", { name: "Open the workflow" }).click();
  await expect(page.getByText("Version 2 · 2 steps")).toBeVisible();
  await expect(page.getByRole("list", { name: "Steps" })).toContainText('button "Sign in"');
});

test("a workflow's tests are run from its page, which tells of each whether it passed", async ({ ownerPage: page, demo, product }) => {
  const read: Step = { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["h1"] } };
  const tests = [
    { name: "Start page", expect: { heading: "A site to practise on" } },
    { name: "Another page", expect: { heading: "Something else" } },
  ];
  const runId = await demo.start({ ...recording(own("Tested"), steps.open(`${product.url}/practice`), read), tests });
  await page.goto(`/dashboard/runs/${runId}`);
  await page
    .getByRole("link", { name: /Tested/ })
    .first()
    .click();
  const panel = page.getByRole("region", { name: "Tests" });
  await expect(panel.getByText("Never run")).toHaveCount(2);
  await panel.getByRole("combobox", { name: "Run them with profile" }).click();
  await page.getByRole("option").first().click();
  await panel.getByRole("button", { name: "Run 2 tests" }).click();
  await expect(panel.getByRole("link", { name: "Run of Start page" })).toContainText("Passed");
  await expect(panel.getByRole("link", { name: "Run of Another page" })).toContainText("Another result");
});
