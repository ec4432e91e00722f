import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });

test("a failed run leads to its step in the editor, keeps what is looked at, and is deployed again with its inputs", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  const name = own("Order");
  const [workflow, profile] = await Promise.all([
    demo.createWorkflow({
      title: name,
      inputs: { properties: { item: { type: "string", title: "Item" } }, required: ["item"] },
      steps: [
        steps.open(`${product.url}/practice/controls`),
        steps.see("h1"),
        { type: "customStep", name: "deskhand.script", parameters: { code: "setTimeout(() => console.error('Out of ink'), 1_500)" } },
        steps.click("text/{{item}} is missing", 4_000),
        steps.see("h1"),
      ],
    }),
    demo.createProfile(),
  ]);
  const { runnerId } = product.firstRun;
  const deployment = await demo.call<{ id: string; runIds: string[] }>("POST", "/deployments", {
    ...{ workflowId: workflow.id, runnerId, profileIds: [profile.id], inputs: { item: "Ink" } },
  });
  const runId = deployment.runIds[0] as string;
  await demo.ended(runId);

  await test.step("what it was given is told", async () => {
    await page.goto(`/dashboard/runs/${runId}`);
    await page.getByRole("tab", { name: "Inputs" }).click();
    await expect(page.getByRole("table", { name: "Inputs" }).getByRole("row").filter({ hasText: "Item" })).toContainText("Ink");
    await look("run-inputs", info);
  });

  await test.step("a reload comes to the same step and tab", async () => {
    await page.getByRole("button", { name: /^Step 2, / }).click();
    await page.getByRole("tab", { name: "Console" }).click();
    await expect(page).toHaveURL(/\?(?=.*step=2)(?=.*tab=console)/);
    await page.reload();
    await expect(page.getByRole("button", { name: /^Step 2, / })).toHaveAttribute("aria-pressed", "true");
    await expect(page.getByRole("tab", { name: "Console" })).toHaveAttribute("aria-selected", "true");
  });

  await test.step("what the page complained of at the step that failed is one click away", async () => {
    await page.getByRole("button", { name: "1 error in the page's console at this step" }).click();
    await expect(page.getByRole("tab", { name: "Console (1 error)" })).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("log", { name: "Console" })).toContainText("Out of ink");
    await expect(page.getByText("Step 4 only")).toBeVisible();
    await look("run-console-errors", info);
  });

  await test.step("it is deployed again with what it was given", async () => {
    await page.getByRole("button", { name: "Deploy again" }).click();
    const drawer = page.getByRole("dialog", { name: /^Deploy/ });
    await expect(drawer.getByRole("textbox", { name: "Item" })).toHaveValue("Ink");
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
  });

  await test.step("the editor opens with the step chosen, tells its keys and saves by one", async () => {
    await page.getByRole("link", { name: "Change this step in the editor" }).click();
    const form = page.getByRole("region", { name: "Chosen step" });
    await expect(form.getByRole("heading", { name: "Click" })).toBeVisible();
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await expect(page.getByRole("table", { name: "Keyboard shortcuts" })).toContainText("Save");
    await look("editor-keys", info);
    await page.keyboard.press("Escape");
    await page
      .getByRole("button", { name: /Step 4/ })
      .or(page.getByText("Step 4", { exact: true }))
      .first()
      .click();
    await form.getByRole("switch", { name: "Switched off" }).press("Space");
    await page.keyboard.press("ControlOrMeta+s");
    await expect(page.getByText("Version 2 was saved.")).toBeVisible();
  });

  await test.step("the workflow is duplicated", async () => {
    await page.goto(`/dashboard/workflows/${workflow.id}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    await expect(page.getByRole("heading", { level: 1, name: `${name} copy` })).toBeVisible();
  });

  await test.step("deployments are found by what begins them", async () => {
    await page.goto("/dashboard/deployments");
    await page.getByRole("radiogroup", { name: "Kind of deployment" }).getByText("Once").click();
    await expect(page).toHaveURL(/kind=once/);
    await expect(page.getByRole("link", { name, exact: true }).first()).toBeVisible();
    await look("deployments-once", info);
    await page.goto(`/dashboard/deployments/${deployment.id}`);
    await expect(page.getByRole("table", { name: "Inputs" })).toContainText("Ink");
    await look("deployment-inputs", info);
  });
});

test("a failed step of a workflow that another calls is changed in its own editor", async ({ ownerPage: page, demo, product }) => {
  const inner = await demo.createWorkflow(
    recording(own("Called"), steps.open(`${product.url}/practice/controls`), steps.click("text/Nobody is here", 300)),
  );
  const { contentHash: version } = await demo.call<{ contentHash: string }>("GET", `/workflows/${inner.id}/version`);
  const call = { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: inner.id, version } } as const;
  const run = await demo.ended(await demo.start(recording(own("Calls"), steps.open(`${product.url}/practice`), call)));
  await page.goto(`/dashboard/runs/${run.id}`);
  await expect(page.getByRole("button", { name: "Step 2.2", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Change this step in the editor" }).click();
  await page.waitForURL(`**/dashboard/workflows/${inner.id}/edit?step=2&of=1`);
  await expect(page.getByRole("region", { name: "Chosen step" }).getByRole("heading", { name: "Click" })).toBeVisible();
});
