import { readFile } from "node:fs/promises";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { held } from "./recordings.ts";

test("the sample workflow is deployed in one click, is watched to its end and leaves its results", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const { workflowId, profileId } = product.firstRun;
  await demo.deploy(workflowId, profileId); // what ran last is proposed again, whatever profiles other tests make

  await page.goto("/dashboard/workflows");
  // other tests' workflows may have pushed it from the first page
  await page.getByRole("searchbox", { name: "Search workflows" }).fill("Practice: sign in");
  await page.getByRole("link", { name: "Practice: sign in and read the orders" }).click();
  await expect(page.getByRole("list", { name: "Steps" }).getByRole("listitem")).toHaveCount(8);
  await page.getByRole("button", { name: "Deploy" }).click();
  const drawer = page.getByRole("dialog", { name: /^Deploy/ });
  await expect(drawer.getByRole("textbox", { name: "E-mail" })).toHaveValue("demo@practice.example");
  await expect(drawer.getByRole("button", { name: "Deploy" })).toBeFocused();
  await page.keyboard.press("Enter");

  await page.waitForURL(/\/dashboard\/runs\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
  const rail = page.getByRole("list", { name: "Steps", exact: true });
  await expect(rail.getByRole("button", { name: /, succeeded/ })).toHaveCount(8);

  const strip = page.getByRole("list", { name: "Screenshots by step" });
  await strip.getByRole("button", { name: "Show step 5" }).click();
  const picture = page.getByRole("img", { name: /^Screenshot of Step 5 of 8/ });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(300);

  await expect(page.getByRole("log", { name: "Log" })).toContainText(/\S/);

  await page.getByRole("tab", { name: "Result data" }).click();
  const orders = page.getByRole("table", { name: "orders" });
  await expect(orders.getByRole("row")).toHaveCount(1 + 3 * 8);
  await expect(orders.getByRole("row").nth(1)).toContainText("PR-1001");
  await expect(orders.getByRole("row").last()).toContainText("PR-1024");

  await page.getByRole("tab", { name: /^Files/ }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download trace.zip" }).click();
  const trace = await readFile(await (await downloading).path());
  expect(trace.subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
});

test("while a run goes on, its steps light up and its page is drawn live; it can be run again and found by its state", async ({
  ownerPage: page,
  demo,
  gate,
}) => {
  const name = own("Watched");
  await demo.start(held(gate, name));
  await page.goto("/dashboard/runs?state=active");
  await page.getByRole("link", { name }).click();

  const rail = page.getByRole("list", { name: "Steps", exact: true });
  await expect(rail.getByRole("button", { name: /Step 2.*, running/ })).toBeVisible();
  await expect(rail.getByRole("button", { name: /Step 1.*, succeeded/ })).toBeVisible();
  const live = page.getByRole("img", { name: "The page as it is now" });
  await expect(live).toBeVisible();
  const colours = await live.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    return new Set(new Uint32Array((data as Uint8ClampedArray).buffer)).size;
  });
  expect(colours).toBeGreaterThan(10);

  gate.open();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
  await expect(live).toBeHidden();

  gate.shut();
  const first = page.url();
  await page.getByRole("button", { name: "Rerun" }).click();
  await page.waitForURL((url) => url.href !== first);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Cancelled");

  await page.goto("/dashboard/runs");
  const runs = page.getByRole("table", { name: "Runs" }).getByRole("row").filter({ hasText: name });
  await expect(runs).toHaveCount(2);
  await page.getByRole("combobox", { name: "State" }).click();
  await page.getByRole("option", { name: "Succeeded" }).click();
  await expect(page).toHaveURL(/state=succeeded/);
  await expect(runs).toHaveCount(1);
  await expect(runs).toContainText("Succeeded");
});
