import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

const list = (page: Page) => page.getByRole("list", { name: "Steps", exact: true });
const rows = (page: Page) => list(page).locator("button[data-step]");
const form = (page: Page) => page.getByRole("region", { name: "Chosen step" });
const add = (page: Page, label: string) => page.getByRole("button", { name: label, exact: true }).click();
const view = (page: Page, label: string) => page.getByRole("radiogroup", { name: "View" }).getByText(label, { exact: true }).click();

test("a person builds a workflow without code that signs in, with a condition and a loop, and it succeeds", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  test.setTimeout(150_000);
  const title = own("Signs in");
  const profile = await demo.createProfile();
  await page.goto("/dashboard/workflows/new");
  await page.getByRole("link", { name: "Start empty" }).click();

  await test.step("inputs are declared and seen as deployers will see them", async () => {
    await view(page, "Inputs");
    await page.getByLabel("Title of the document").fill(title);
    await page.getByRole("button", { name: "Add input" }).click();
    const input = page.getByRole("group", { name: /^Input / });
    await input.getByLabel("Name").fill("email");
    await input.getByLabel("Label").fill("Your e-mail");
    await input.getByLabel("Default").fill("demo@practice.example");
    await expect(page.getByRole("group", { name: "Inputs" }).getByLabel("Your e-mail")).toHaveValue("demo@practice.example");
  });

  await view(page, "List");
  await add(page, "Open page");
  await form(page).getByLabel("Address").fill(`${product.url}/practice/sign-in`);

  await test.step("a condition: only who is not signed in yet signs in", async () => {
    await add(page, "If");
    await form(page).getByLabel("Condition: kind").selectOption("An element is visible or hidden");
    await form(page).getByRole("textbox", { name: "Element: way 1" }).fill("Password");
    await page.getByRole("button", { name: "Add a step to: Then, of step 2" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Fill in" }).click();
    await form(page).getByRole("textbox", { name: "Element: way 1" }).fill("E-mail");
    const value = form(page).getByLabel("Value", { exact: true });
    await value.pressSequentially("{{em");
    await page.getByRole("option", { name: /^email/ }).click();
    await expect(value).toHaveValue("{{email}}");
    await add(page, "Fill in");
    await form(page).getByRole("textbox", { name: "Element: way 1" }).fill("Password");
    await form(page).getByLabel("Value", { exact: true }).fill("correct-horse");
    await add(page, "Click");
    await form(page).getByLabel("Element: way 1, found by").selectOption("CSS");
    await form(page).getByRole("textbox", { name: "Element: way 1" }).fill("form button");
  });

  await test.step("a loop: looks twice", async () => {
    await rows(page).nth(1).click();
    await add(page, "Repeat");
    await form(page).getByLabel("Times").fill("2");
    await page.getByRole("button", { name: "Add a step to: Each turn, of step 6" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Check", exact: true }).click();
    await form(page).getByLabel("Check that it").selectOption("has a text");
    await form(page).getByLabel("Element: way 1, found by").selectOption("CSS");
    await form(page).getByRole("textbox", { name: "Element: way 1" }).fill("h1");
    await form(page).getByLabel("Value", { exact: true }).fill("Welcome back");
    await form(page).getByLabel("Comparison").selectOption("contains");
    await expect(rows(page)).toHaveCount(7);
  });

  await page.getByRole("button", { name: "Create workflow" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const { items } = await demo.call<{ items: { id: string; name: string }[] }>(
    "GET",
    `/workflows?projectId=${product.firstRun.projectId}&search=${encodeURIComponent(title)}`,
  );
  const run = await demo.ended(await demo.deploy(items[0]?.id ?? "", profile.id));
  expect(run.state).toBe("succeeded");
});

test("steps are changed by keyboard, mistakes are marked as one types, and what is saved is a new version", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const workflow = await demo.createWorkflow(
    recording(own("Edited"), steps.open(`${product.url}/practice`), steps.see("h1"), steps.see("ul")),
  );
  await page.goto(`/dashboard/workflows/${workflow.id}`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await view(page, "List");
  await rows(page).first().click();
  await page.keyboard.press("ArrowDown");
  await expect(rows(page).nth(1)).toHaveAttribute("aria-pressed", "true");
  await expect(rows(page).nth(1)).toBeFocused();

  await test.step("moved, duplicated, deleted and brought back", async () => {
    await page.keyboard.press("Alt+ArrowUp");
    await expect(rows(page).first()).toContainText("Wait for");
    await page.keyboard.press("Control+z");
    await expect(rows(page).first()).toContainText("Open");
    await page.keyboard.press("Control+d");
    await expect(rows(page)).toHaveCount(4);
    await page.keyboard.press("Delete");
    await expect(rows(page)).toHaveCount(3);
    await page.keyboard.press("Control+z");
    await expect(rows(page)).toHaveCount(4);
    await page.keyboard.press("Control+Shift+z");
    await expect(rows(page)).toHaveCount(3);
  });

  await test.step("copied, cut and pasted", async () => {
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+v");
    await expect(rows(page)).toHaveCount(4);
    await page.keyboard.press("Control+x");
    await expect(rows(page)).toHaveCount(3);
  });

  await test.step("dragged to another place", async () => {
    await rows(page)
      .nth(2)
      .dragTo(rows(page).nth(0), { targetPosition: { x: 60, y: 4 } });
    await expect(rows(page).first()).toContainText("ul");
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(rows(page).first()).toContainText("Open");
  });

  await test.step("a value that nobody declares is marked at once, and is not saved", async () => {
    await rows(page).first().click();
    await page.keyboard.press("Enter");
    await expect(form(page).getByLabel("Address")).toBeFocused();
    await form(page).getByLabel("Address").fill("https://example.com/{{nobody}}");
    await expect(rows(page).first()).toContainText('Uses "nobody"');
    await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
    await form(page).getByLabel("Address").fill(`${product.url}/practice/orders`);
    await expect(page.getByRole("button", { name: "1 mistake" })).toBeHidden();
  });

  await test.step("who leaves without saving is asked", async () => {
    await page.getByRole("link", { name: workflow.name }).click();
    await expect(page.getByRole("dialog", { name: "Leave without saving?" })).toBeVisible();
    await page.getByRole("button", { name: "Cancel" }).click();
  });

  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText("Version 2 was saved.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
  await page.getByRole("link", { name: workflow.name }).click();
  await expect(page.getByRole("link", { name: /^Version 2/ })).toBeVisible();

  await test.step("the two versions are compared side by side", async () => {
    await page.getByRole("button", { name: "Compare versions" }).click();
    const lines = page.getByRole("list", { name: "Steps of both versions" }).getByRole("listitem");
    await expect(lines).toHaveCount(3);
    await expect(lines.first()).toContainText(`${product.url}/practice/orders`);
    await expect(lines.first()).toContainText("Changed");
  });
});

test("steps are dragged on the canvas and from the palette, and the list shows the same", async ({ ownerPage: page, demo, product }) => {
  const workflow = await demo.createWorkflow(
    recording(own("Dragged"), steps.open(`${product.url}/practice`), steps.see("h1"), steps.see("ul")),
  );
  await page.goto(`/dashboard/workflows/${workflow.id}/edit`);
  const boxes = page.locator("[data-canvas-step]");
  await expect(boxes).toHaveCount(3);
  const middle = async (nth: number) => {
    const box = await boxes.nth(nth).boundingBox();
    if (!box) throw new Error("The step is not in sight.");
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };

  await test.step("the last step goes before the first", async () => {
    const [from, to] = [await middle(2), await middle(0)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x, from.y - 30, { steps: 4 });
    await page.mouse.move(to.x, to.y - 20, { steps: 8 });
    await page.mouse.up();
    await expect(boxes.filter({ hasText: "ul" })).toHaveAttribute("data-chosen", "true");
  });

  await test.step("a new step comes from the palette, between two others", async () => {
    await page
      .getByRole("button", { name: "Screenshot", exact: true })
      .dragTo(boxes.filter({ hasText: "Open" }), { targetPosition: { x: 40, y: 4 } });
    await expect(boxes).toHaveCount(4);
  });

  await view(page, "List");
  await expect(rows(page)).toHaveText([/ul/, /Take screenshot/, /Open/, /h1/]);
  await expect(rows(page).nth(1)).toHaveAttribute("aria-pressed", "true");
  await view(page, "Canvas");
  await expect(boxes.filter({ hasText: "Take screenshot" })).toHaveAttribute("data-chosen", "true");
});

test("the editor can be read by everybody, in both themes, on a desk and on a phone", async ({ ownerPage: page, demo, product }, info) => {
  test.setTimeout(150_000);
  const look = watchPage(page);
  const inside = [steps.see("aria/Welcome back"), steps.click("aria/Go on")];
  const workflow = await demo.createWorkflow({
    title: own("Blocks"),
    inputs: { properties: { page: { type: "string", title: "Page", default: "orders" } }, required: ["page"] },
    variables: { count: { type: "number", default: 0, output: true } },
    steps: [
      steps.open(`${product.url}/practice/{{page}}`),
      {
        type: "customStep",
        name: "deskhand.if",
        parameters: { condition: { kind: "variable", name: "count", operator: "less", value: 3 }, steps: inside, else: [] },
      },
      { type: "customStep", name: "deskhand.loop", parameters: { over: { kind: "times", times: 2 }, steps: [steps.see("h1")] } },
    ],
  });
  await page.goto(`/dashboard/workflows/${workflow.id}/edit`);
  await expect(page.getByRole("heading", { level: 1, name: /^Edit / })).toBeVisible();
  await expect(page.locator("[data-canvas-step]").first()).toBeVisible();
  await page.getByText("is less than").click();
  await look("editor-canvas", info);
  await view(page, "List");
  await rows(page).nth(1).click();
  await look("editor-list", info);
  await view(page, "Inputs");
  await look("editor-inputs", info);
  await view(page, "Tests");
  await page.getByRole("button", { name: "Add test" }).click();
  await expect(page.getByRole("combobox", { name: "Name 1" })).toHaveValue("count");
  await look("editor-tests", info);
});

test("a file that somebody chooses in an upload step is what a run uploads", async ({ ownerPage: page, demo, product }) => {
  const bytes = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7) % 256));
  const field = `document.body.innerHTML = '<input type="file"><p id="log"></p>';
    document.querySelector("input").onchange = async ({ target }) => {
      const [file] = target.files;
      const sum = new Uint8Array(await file.arrayBuffer()).reduce((sum, byte, index) => (sum * 31 + byte + index) % 1000003, 0);
      document.querySelector("#log").textContent = file.name + " " + file.size + " " + sum;
    };`;
  const sum = bytes.reduce((sum, byte, index) => (sum * 31 + byte + index) % 1000003, 0);
  const workflow = await demo.createWorkflow(
    recording(
      own("Uploads"),
      steps.open(`${product.url}/practice`),
      { type: "customStep", name: "deskhand.script", parameters: { code: field } },
      {
        type: "customStep",
        name: "deskhand.upload",
        parameters: { selectors: ["input"], file: { from: "content", name: "file.txt", content: "" } },
      },
      { ...steps.expectText("#log", `photo.bin 2000 ${sum}`), timeout: 5000 },
    ),
  );
  await page.goto(`/dashboard/workflows/${workflow.id}/edit`);
  await view(page, "List");
  await rows(page).nth(2).click();
  const choose = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent("filechooser");
    await form(page).getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer });
  };
  await choose("huge.bin", Buffer.alloc(750_001, 255));
  await expect(form(page).getByRole("alert")).toContainText("“huge.bin” is too large: a step has room for 1,000,000 characters");
  await choose("note.txt", Buffer.from("Hello"));
  await expect(form(page).getByLabel("Content", { exact: true })).toHaveValue("Hello");
  await choose("photo.bin", bytes);
  await expect(form(page).getByLabel("Name", { exact: true })).toHaveValue("photo.bin");
  await expect(form(page).getByText("Holds 2.0 KB that are no text.")).toBeVisible();
  await expect(form(page).getByRole("alert")).toHaveCount(0);

  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText("Version 2 was saved.")).toBeVisible();
  const profile = await demo.createProfile();
  const run = await demo.ended(await demo.deploy(workflow.id, profile.id));
  expect(run.state).toBe("succeeded");
});

test("how long runs wait for a person, and whether they keep a video, is said once for a workflow", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const workflow = await demo.createWorkflow(recording(own("Waits"), steps.open(`${product.url}/practice`)));
  await page.goto(`/dashboard/workflows/${workflow.id}/edit`);
  await view(page, "Inputs");
  await page.getByLabel("Wait at most (minutes)").fill("90");
  await page.getByLabel("When nobody comes").selectOption("Go on");
  await page.getByLabel("Keep a video").selectOption("Of runs that fail");
  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByText("Version 2 was saved.")).toBeVisible();
  const saved = await demo.call<{ recording: unknown }>("GET", `/workflows/${workflow.id}/version?number=2`);
  expect(saved.recording).toMatchObject({ person: { timeoutMs: 5_400_000, onTimeout: "continue" }, video: "failed" });
});
