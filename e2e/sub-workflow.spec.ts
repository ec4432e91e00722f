import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test("a step that runs another workflow is built by choosing it, its version and its inputs, and says what it runs", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  const name = own("Look up an order");
  const called = await demo.createWorkflow({
    title: name,
    inputs: {
      properties: { page: { type: "string", title: "Page", description: "What is opened." }, turns: { type: "number", title: "Turns" } },
      required: ["page"],
    },
    steps: [steps.open(`${product.url}/practice/{{page}}`)],
  });
  const outer = await demo.createWorkflow(recording(own("Runs another"), steps.open(`${product.url}/practice`)));
  await page.goto(`/dashboard/workflows/${outer.id}/edit`);
  await page.getByRole("radiogroup", { name: "View" }).getByText("List", { exact: true }).click();
  await page.getByRole("button", { name: "Run workflow", exact: true }).click();
  const form = page.getByRole("region", { name: "Chosen step" });

  await test.step("the workflow is found by its name, and its latest version is taken", async () => {
    const choice = form.getByRole("combobox", { name: "Workflow" });
    await choice.fill(name);
    await page.getByRole("option", { name }).click();
    await expect(form.getByRole("combobox", { name: "Version" })).toHaveValue("Version 1");
    await expect(form.getByRole("link", { name: `Open ${name}` })).toBeVisible();
  });
  await test.step("what it needs is asked for by what it declares", async () => {
    const inputs = form.getByRole("group", { name: "Inputs of the workflow" });
    await expect(inputs.getByLabel("Page (needed)")).toBeVisible();
    await expect(inputs.getByText("The workflow needs a value for “Page”.")).toBeVisible();
    await expect(page.getByText("1 mistake")).toBeVisible();
    await look("sub-workflow-picker", info);
    await inputs.getByLabel("Page (needed)").fill("orders");
    await expect(page.getByText("1 mistake")).toBeHidden();
  });
  await expect(page.getByRole("list", { name: "Steps", exact: true })).toContainText(name);
  await look("sub-workflow-chosen", info);
  await test.step("a newer version is offered, and taken only when somebody wants it", async () => {
    const changed = { ...recording(name, steps.open(`${product.url}/practice`)) };
    await demo.call("POST", `/workflows/${called.id}/versions`, { recording: JSON.stringify(changed) });
    await page.getByRole("button", { name: /^Save/ }).click();
    await page.goto(`/dashboard/workflows/${outer.id}/edit`);
    await page.getByRole("radiogroup", { name: "View" }).getByText("List", { exact: true }).click();
    await page.getByRole("list", { name: "Steps", exact: true }).locator("button[data-step]").nth(1).click();
    await expect(form.getByText("Version 2 is the latest.", { exact: false })).toBeVisible();
    await form.getByRole("button", { name: "Take version 2" }).click();
    await expect(form.getByText("This version takes no “page”.")).toBeVisible();
    await form.getByRole("button", { name: "Take it out" }).click();
    await expect(form.getByText("It takes no inputs.")).toBeVisible();
  });
});
