import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

test("the keyboard alone leads from signing in to the result of a run, and shows where it is", async ({ page, product, demo }) => {
  const { email, password, workflowId, profileId } = product.firstRun;
  await demo.deploy(workflowId, profileId); // what ran last is proposed again
  await page.goto(`/dashboard/workflows/${workflowId}`);
  await tabTo(page.getByRole("textbox", { name: "E-mail" }));
  await page.keyboard.type(email);
  await tabTo(page.getByRole("textbox", { name: "Password" }));
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("button", { name: "Deploy" })).toBeVisible();
  await tabTo(page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await tabTo(page.getByRole("button", { name: "Deploy" }));
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: /^Deploy/ });
  await expect(drawer.getByRole("button", { name: "Deploy" })).toBeFocused();
  await page.keyboard.press("Tab"); // round, not out
  expect(await drawer.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await tabTo(drawer.getByRole("button", { name: "Deploy" }));
  await page.keyboard.press("Enter");

  await page.waitForURL(/\/dashboard\/runs\//);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
  await tabTo(page.getByRole("button", { name: /^Step 1, / }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("button", { name: /^Step 2, / })).toHaveAttribute("aria-pressed", "true");
  await tabTo(page.getByRole("button", { name: "Enlarge screenshot" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: /^Step 2 of 8/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Enlarge screenshot" })).toBeFocused();
  await tabTo(page.getByRole("tab", { name: "Log" }));
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("table", { name: "orders" })).toBeVisible();
});

/** Presses Tab until it is there; every place on the way must look different with the focus than without. */
async function tabTo(goal: Locator): Promise<void> {
  const page = goal.page();
  await goal.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    expect.soft(await page.evaluate(unmarked), `on the way to ${goal}`).toBeNull();
    if (await goal.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab does not lead to ${goal}`);
}

/** What has the focus, unless it or what surrounds it is marked by a ring. */
function unmarked(): string | null {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null; // between the page's end and its beginning
  const around = [focused, focused.nextElementSibling, focused.closest(".mantine-Input-input")].filter((element) => element !== null);
  const ringed = around.some((element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle === "solid" && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== "none";
  });
  return ringed ? null : focused.outerHTML.slice(0, 200);
}
