import { expect, test } from "./fixtures.ts";
import { watchPage } from "./watch-page.ts";

test.use({ trace: "off" });
test.describe.configure({ timeout: 120_000 });

test("two runs are compared step by step, in both themes, on a desk and on a phone", async ({ ownerPage: page, demo, product }, info) => {
  const { workflowId, profileId } = product.firstRun;
  const first = await demo.ended(await demo.deploy(workflowId, profileId));
  const second = await demo.ended(await demo.deploy(workflowId, profileId));
  const look = watchPage(page);
  await page.goto(`/dashboard/runs/${first.id}`);
  await page.getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Compare runs" })).toBeVisible();
  await page.getByRole("combobox", { name: "Compare with" }).click();
  await page.getByRole("option").first().click();
  const steps = page.getByRole("table", { name: "Steps side by side" });
  await expect(steps.getByRole("row")).toHaveCount(1 + first.steps.length);
  await page.goto(`/dashboard/runs/compare?a=${first.id}&b=${second.id}`);
  await expect(page.getByText("Every step ended alike in both.")).toBeVisible();
  await expect(page.getByText("Both runs read the same.")).toBeVisible();
  await steps.getByRole("button").nth(4).click();
  for (const side of ["First run", "Second run"]) {
    const picture = page.getByRole("img", { name: `${side}, step 5` });
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);
  }
  await look("compare-runs", info);
});

test("insights show how runs ended and how long they took, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const { workflowId, profileId } = product.firstRun;
  await demo.ended(await demo.deploy(workflowId, profileId));
  const look = watchPage(page);
  await page.goto("/dashboard/runs");
  await page.getByRole("link", { name: "Insights" }).click();
  const map = page.getByRole("table", { name: "Success by workflow and day" });
  await expect(map.getByRole("row", { name: /Practice/ })).toContainText(/\d+ succeeded, \d+ failed/);
  await expect(page.getByRole("table", { name: "Durations by day" }).getByRole("row")).not.toHaveCount(1);
  await look("run-insights", info);
});

test("a run's requests can be read in both themes, on a desk and on a phone", async ({ ownerPage: page, demo, product }, info) => {
  const { workflowId, profileId } = product.firstRun;
  const run = await demo.ended(await demo.deploy(workflowId, profileId));
  const look = watchPage(page);
  await page.goto(`/dashboard/runs/${run.id}`);
  await page.getByRole("tab", { name: "Network" }).click();
  await page.getByRole("table", { name: "Requests" }).getByRole("button").first().click();
  await expect(page.getByRole("region", { name: /^Request / })).toBeVisible();
  await look("run-network", info);
});
