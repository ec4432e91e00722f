import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// the question is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 120_000 });

const question = (page: Page) => page.getByRole("dialog", { name: /was published meanwhile/ });
const allTheSame = (page: Page) => question(page).getByRole("button", { name: "Save as a newer version all the same" });

test("who saves over another person's version is asked first, sees what differs, and loses nothing of their own", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const first = recording(own("Shared"), steps.open(`${product.url}/practice`));
  const { id } = await demo.createWorkflow(first);
  const publish = (changed: Recording, draft = false) =>
    demo.call<{ number: number }>("POST", `/workflows/${id}/versions`, { recording: JSON.stringify(changed), draft });
  const latest = async () => (await demo.call<{ latestVersion: number }>("GET", `/workflows/${id}`)).latestVersion;
  const theirs = { ...first, steps: [...first.steps, steps.open(`${product.url}/practice/sign-in`)] };

  await test.step("in the editor", async () => {
    await page.goto(`/dashboard/workflows/${id}/edit`);
    await page.getByRole("radiogroup", { name: "View" }).getByText("JSON", { exact: true }).click();
    const json = page.getByRole("textbox", { name: "The document as JSON" });
    await json.fill(JSON.stringify({ ...first, timeout: 4000 }));
    await page.getByRole("button", { name: "Take over" }).click();
    await publish(theirs);
    const save = page.getByRole("button", { name: "Save version" });
    await save.click();
    await expect(question(page)).toContainText("Version 2");
    await question(page).getByRole("button", { name: "Show what differs" }).click();
    await expect(question(page)).toContainText("Besides the steps, changed: timeout.");
    await expect(question(page).getByText("Removed")).toBeVisible();
    await watchPage(page)("moved-on", info);
    await question(page).getByRole("button", { name: "Cancel" }).click();
    expect(await latest()).toBe(2);
    await expect(json).toHaveValue(/4000/);
    await save.click();
    await allTheSame(page).click();
    await expect.poll(latest).toBe(3);
    // what comes after one's own version is nobody else's
    await json.fill(JSON.stringify({ ...first, timeout: 5000 }));
    await page.getByRole("button", { name: "Take over" }).click();
    await save.click();
    await expect.poll(latest).toBe(4);
  });

  await test.step("publishing a draft", async () => {
    const { number } = await publish({ ...first, timeout: 6000 }, true);
    await publish({ ...theirs, timeout: 7000 });
    await page.goto(`/dashboard/workflows/${id}?version=${number}`);
    await page.getByRole("alert").getByRole("button", { name: "Publish" }).click();
    await expect(question(page)).toContainText("Version 6");
    expect(await latest()).toBe(6);
    await allTheSame(page).click();
    await expect.poll(latest).toBe(7);
  });

  await test.step("a version from a file", async () => {
    await page.goto(`/dashboard/workflows/${id}/new-version`);
    await expect(page.getByText("Becomes version 8")).toBeVisible();
    await page.locator('input[type="file"]').setInputFiles({
      name: "mine.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify({ ...first, timeout: 8000 })),
    });
    await publish({ ...theirs, timeout: 9000 });
    await page.getByRole("button", { name: "Save version" }).click();
    await question(page).getByRole("button", { name: "Cancel" }).click();
    expect(await latest()).toBe(8);
    await page.getByRole("button", { name: "Save version" }).click();
    await allTheSame(page).click();
    await expect.poll(latest).toBe(9);
  });
});

test("who fills in what is deployed keeps it when another person publishes meanwhile, and deploys what is newest", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const withInputs = (...names: string[]): Recording => ({
    ...recording(title, steps.open(`${product.url}/practice`)),
    inputs: { properties: Object.fromEntries(names.map((name) => [name, { type: "string" as const }])), required: names },
  });
  const title = own("Filled in");
  const { id } = await demo.createWorkflow(withInputs("order"));
  await page.goto(`/dashboard/workflows/${id}`);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: `Deploy ${title}` });
  const order = drawer.getByRole("textbox", { name: /order/i });
  await order.fill("A-17");
  await demo.call("POST", `/workflows/${id}/versions`, { recording: JSON.stringify(withInputs("order", "colour")) });
  await expect(drawer.getByText("Starts version 2 now")).toBeVisible();
  await expect(drawer.getByRole("textbox", { name: /colour/i })).toHaveValue("");
  await expect(order).toHaveValue("A-17");
});
