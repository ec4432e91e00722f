import type { Recording } from "@deskhand/shared/schemas/recording";
import type { WorkflowView } from "@deskhand/shared/schemas/workflow";
import { type Demo, own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

const call = async (demo: Demo, { id }: WorkflowView): Promise<Recording["steps"][number]> => {
  const { contentHash } = await demo.call<{ contentHash: string }>("GET", `/workflows/${id}/version`);
  return { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: id, version: contentHash } };
};

/** A workflow that opens the orders and runs another, which looks at the practice page and then does `last`. */
async function start(demo: Demo, url: string, last: Recording["steps"][number]) {
  const title = own("Look around");
  const called = await demo.createWorkflow(recording(title, steps.open(`${url}/practice`), steps.see("h1"), last));
  const runId = await demo.start(
    recording(own("Calls another"), steps.open(`${url}/practice/orders`), await call(demo, called), steps.open(`${url}/practice`)),
  );
  return { title, run: await demo.ended(runId) };
}

test("the steps of a called workflow stand under the step that calls it, with their pictures and lines, and can be hidden", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  const { title, run } = await start(demo, product.url, steps.open(`${product.url}/practice/orders`));
  expect(run.steps.map(({ number, state }) => [number, state])).toEqual(
    ["1", "2", "3", "2.1", "2.2", "2.3"].map((number) => [number, "succeeded"]),
  );
  await page.goto(`/dashboard/runs/${run.id}`);
  const rail = page.getByRole("list", { name: "Steps", exact: true });
  await expect(rail.getByRole("listitem")).toHaveCount(6);
  await expect(rail.getByRole("listitem").nth(2)).toContainText("Step 2.1, Open");
  const log = page.getByRole("log", { name: "Log" });
  await expect(log).toContainText(`Step 2.3 in “${title}”: Open`);

  await test.step("one of them shows its picture and its lines", async () => {
    await rail.getByRole("button", { name: /^Step 2\.3, / }).click();
    await expect(page.getByRole("img", { name: /^Screenshot of Step 2\.3 · Open/ })).toBeVisible();
    await expect(page.getByRole("button", { name: "Show step 2.3" })).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByRole("checkbox", { name: "Step 2.3 only" })).toBeChecked();
    await expect(log).not.toContainText("Step 2.1 in");
  });
  await test.step("the step that calls has all of their lines", async () => {
    await rail.getByRole("button", { name: /^Step 2, / }).click();
    await expect(log).toContainText("Step 2.1 in");
    await expect(log).not.toContainText("Step 3 of 3");
  });
  await look("called-workflow", info);
  await test.step("they are hidden and shown by a click and by a key", async () => {
    await rail.getByRole("button", { name: `Hide the 3 steps of “${title}”` }).click();
    await expect(rail.getByRole("listitem")).toHaveCount(3);
    await rail.getByRole("button", { name: /^Step 2, / }).focus();
    await page.keyboard.press("ArrowRight");
    await expect(rail.getByRole("listitem")).toHaveCount(6);
    await page.keyboard.press("ArrowDown");
    await expect(rail.getByRole("button", { name: /^Step 2\.1, / })).toHaveAttribute("aria-pressed", "true");
  });
});

test("a called workflow that fails is told by the step in it, and repaired there", async ({ ownerPage: page, demo, product }, info) => {
  const look = watchPage(page);
  const { run } = await start(demo, product.url, steps.click("aria/A table over many pages", 3_000));
  await page.goto(`/dashboard/runs/${run.id}`);
  const why = page.getByRole("alert").filter({ hasText: "was not found on the page" });
  await expect(why).toContainText('Step 2.3: Click "A table over many pages"');
  await why.getByRole("button", { name: "Step 2.3" }).click();
  await expect(page.getByRole("button", { name: /^Step 2\.3, .*, failed/ })).toHaveAttribute("aria-pressed", "true");
  await look("called-workflow-failed", info);
  await test.step("it is repaired in the called workflow, and the one that calls gets a version that calls the repaired one", async () => {
    const candidate = page.getByRole("list", { name: "Elements that may be meant" }).getByRole("listitem").first();
    await expect(candidate).toContainText("A table over several pages");
    await candidate.getByRole("button", { name: "Use this" }).click();
    await expect(page.getByText("Version 2 looks for it first.")).toBeVisible();
    const again = await demo.ended(await demo.deploy(run.workflowId, run.profileId));
    expect(again).toMatchObject({ state: "succeeded", version: 2 });
  });
});
