import { createProfile, createRunner, createWorkflow } from "@/server/testing/factories";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { withDatabase } from "./people.ts";
import { held, quick, recording, steps } from "./recordings.ts";

const refused = "http://127.0.0.1:9/"; // the discard port: nobody listens there

const failures = [
  {
    promise: "a selector that never appears",
    last: () => steps.click("#no-such-thing", 300),
    title: "What the step looks for was not found on the page.",
    next: "give the step a longer timeout",
    step: "Step 2 of 2: Click",
  },
  {
    promise: "a port that refuses",
    last: () => steps.open(refused),
    title: "The page could not be opened.",
    next: "Check the address",
    step: `Step 2 of 2: Open`,
  },
  {
    promise: "an expectation that does not hold",
    last: () => steps.expectText("h1", "Something else"),
    title: "A check did not hold.",
    next: "Compare the step's screenshot",
    step: "Step 2 of 2: Check",
  },
];

for (const { promise, last, title, next, step } of failures) {
  test(`${promise} fails the run, and the page says why, at which step, and what to do`, async ({ ownerPage: page, demo, product }) => {
    const runId = await demo.start(recording(own("Failing"), steps.open(`${product.url}/practice`), last()));
    await page.goto(`/dashboard/runs/${runId}`);
    const why = page.getByRole("alert").filter({ hasText: title });
    await expect(why).toContainText(next);
    await expect(why).toContainText(step);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Failed");
    await why.getByRole("button", { name: "Step 2 of 2" }).click();
    await expect(page.getByRole("button", { name: /^Step 2, .*, failed/ })).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByRole("log", { name: "Log" }).locator("[data-level=error]").first()).toBeVisible();
  });
}

test("a run under way is cancelled, and what it had done stays", async ({ ownerPage: page, demo, gate }) => {
  const runId = await demo.start(held(gate, own("Cancelled")));
  await page.goto(`/dashboard/runs/${runId}`);
  await expect(page.getByRole("button", { name: /^Step 2, .*, running/ })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Cancelled");
  await expect(page.getByText("The run was cancelled.", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Step 1, .*, succeeded/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Step 2, .*, stopped/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Step 3, .*, skipped/ })).toBeVisible();
  await expect(page.getByRole("log", { name: "Log" })).toContainText("Step 2 was stopped. The run was cancelled.");
  await expect(page.getByRole("button", { name: "Rerun" })).toBeEnabled();
});

test("what is deployed to a runner that is offline waits, says so, and can be cancelled", async ({ person, personPage: page, product }) => {
  const { projectId } = person;
  const workflow = await withDatabase(product, async (db) => {
    const runner = await createRunner(db, { projectId, name: "Office computer" });
    await createProfile(db, { projectId, runnerId: runner.id });
    return createWorkflow(db, { projectId, recording: quick(product.url, "Waits") });
  });
  const profiles = Promise.withResolvers<void>();
  await page.route(/profile\.list/, async (route) => {
    await profiles.promise;
    await route.continue();
  });
  await page.goto(`/dashboard/workflows/${workflow.id}`);
  await page.getByRole("button", { name: "Deploy" }).click();
  const drawer = page.getByRole("dialog", { name: "Deploy Waits" });
  await test.step("nothing can be sent before the form knows what it proposes", async () => {
    await expect(drawer.getByRole("button", { name: "Deploy" })).toBeDisabled();
    profiles.resolve();
    await expect(drawer.getByRole("button", { name: "Deploy" })).toBeFocused();
  });
  await expect(drawer.getByText("Office computer is offline. The run waits and starts by itself when it is back.")).toBeVisible();
  await drawer.getByRole("button", { name: "Deploy" }).click();

  await page.waitForURL(/\/dashboard\/runs\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Queued");
  await expect(page.getByText("Waits for Office computer, which is offline.")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Cancelled");
  await expect(page.getByText("The run never started, so there is nothing to see.")).toBeVisible();
});
