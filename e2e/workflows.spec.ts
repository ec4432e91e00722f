import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";

const click = { type: "click", offsetX: 1, offsetY: 1 };
const refusals = [
  { promise: "what is not JSON", text: "{ title: nope", place: "Whole file", field: "–", why: "This is not a JSON file." },
  { promise: "JSON that is no recording", text: '{"name":"x"}', place: "Whole file", field: "–", why: "This JSON is not a recording" },
  {
    promise: "a step of an unknown type",
    text: JSON.stringify({ title: "x", steps: [{ type: "navigate", url: "about:blank" }, { type: "fly" }] }),
    place: "Step 2",
    field: "type",
    why: '"fly" is not a step type.',
  },
  {
    promise: "a step without selectors",
    text: JSON.stringify({ title: "x", steps: [click] }),
    place: "Step 1",
    field: "selectors",
    why: '"selectors" must be a list',
  },
  {
    promise: "an input that is not declared",
    text: JSON.stringify({ title: "x", steps: [{ ...click, type: "change", selectors: ["#a"], value: "{{inputs.who}}" }] }),
    place: "Step 1",
    field: "value",
    why: 'uses "who", which neither "inputs" nor "variables" nor a loop around it declares.',
  },
];

async function paste(page: Page, text: string): Promise<void> {
  const field = page.getByRole("textbox", { name: "Recording as JSON" });
  if (!(await field.isVisible())) await page.getByRole("button", { name: "Paste text instead" }).click();
  await field.fill(text);
  await page.getByRole("button", { name: "Check recording" }).click();
}

test("a recording that cannot be run is refused with the step and the field that is wrong", async ({ personPage: page }) => {
  await page.goto("/dashboard/workflows/new");
  await page.getByRole("button", { name: "Paste text instead" }).click();
  for (const { promise, text, place, field, why } of refusals) {
    await test.step(promise, async () => {
      await paste(page, text);
      const mistake = page.getByRole("table", { name: "Mistakes in the recording" }).getByRole("row").nth(1);
      await expect(mistake).toContainText(why, { ignoreCase: true });
      await expect(mistake.getByRole("cell").nth(0)).toContainText(place);
      await expect(mistake.getByRole("cell").nth(1)).toContainText(field);
    });
  }
  await page.getByRole("button", { name: "Choose a file instead" }).click();
  const large = { name: "large.json", mimeType: "application/json", buffer: Buffer.alloc(3 * 1024 * 1024, " ") };
  await page.getByLabel("Recording file").setInputFiles(large);
  await expect(page.getByRole("alert", { name: "This file is too large" })).toContainText("has 3.0 MB; a recording has at most 2 MB.");
});

test("a workflow is made from a file, gets versions, is renamed, downloaded and deleted", async ({ personPage: page, product }) => {
  const first = recording("Look around", steps.open(`${product.url}/practice`), steps.see("h1"));
  const second = { ...first, steps: [...first.steps, steps.see("ul")] };
  await page.goto("/dashboard/workflows");
  await page.getByRole("link", { name: "New workflow" }).click();
  await page.getByLabel("Recording file").setInputFiles({
    name: "look.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(first)),
  });
  await expect(page.getByText("look.json: a valid recording")).toBeVisible();
  const listed = page.getByRole("list", { name: "Steps" }).getByRole("listitem");
  await expect(listed).toHaveCount(2);
  await expect(listed.first()).toContainText(`Open ${product.url}/practice`);
  await expect(page.getByRole("textbox", { name: "Name" }).last()).toHaveValue("Look around");
  await page.getByRole("button", { name: "Create workflow" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Look around" })).toBeVisible();

  await test.step("the same recording again is no new version", async () => {
    await page.getByRole("link", { name: "New version" }).click();
    await paste(page, JSON.stringify(first));
    await page.getByRole("button", { name: "Save version" }).click();
    await expect(page.getByRole("alert", { name: "The recording is the same as the latest version." })).toBeVisible();
  });

  await test.step("a changed one becomes version 2, and version 1 stays", async () => {
    await page.getByRole("button", { name: "Choose another" }).click();
    await paste(page, JSON.stringify(second));
    await page.getByRole("button", { name: "Save version" }).click();
    await expect(listed).toHaveCount(3);
    await page.getByRole("link", { name: /^Version 1/ }).click();
    await expect(page.getByText("This is an earlier version.")).toBeVisible();
    await expect(listed).toHaveCount(2);
    await page.getByRole("link", { name: "Show the latest" }).click();
    await expect(listed).toHaveCount(3);
  });

  await test.step("it is renamed", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("Look twice");
    await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Look twice" })).toBeVisible();
  });

  await test.step("its JSON is the recording that was given", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    const downloading = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Download JSON" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("look-twice-v2.json");
    expect(JSON.parse(await readFile(await download.path(), "utf8"))).toEqual(second);
  });

  await test.step("it is deleted after a question", async () => {
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete workflow" }).click();
    await page.getByRole("dialog", { name: "Delete Look twice?" }).getByRole("button", { name: "Delete workflow" }).click();
    await expect(page.getByText("No workflows yet")).toBeVisible();
  });
});
