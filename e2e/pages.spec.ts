import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { quick, recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// what axe says is enough to find the place, and traces of these pages cost more than the tests
test.use({ trace: "off" });
test.describe.configure({ timeout: 120_000 });

const open = [
  { name: "home", path: "/", title: /Browser automation/ },
  { name: "sign-in", path: "/sign-in", title: "Sign in" },
  { name: "sign-up", path: "/sign-up", title: "Create your account" },
  { name: "not-found", path: "/no-such-page", title: "This page does not exist" },
];

for (const { name, path, title } of open) {
  test(`the ${name} page can be read by everybody, in both themes, on a desk and on a phone`, async ({ page }, info) => {
    const look = watchPage(page);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await look(name, info);
  });
}

const lists = [
  { name: "overview", path: "/dashboard", title: "Overview" },
  { name: "workflows", path: "/dashboard/workflows", title: "Workflows" },
  { name: "new-workflow", path: "/dashboard/workflows/new", title: "New workflow" },
  { name: "runs", path: "/dashboard/runs", title: "Runs" },
  { name: "profiles", path: "/dashboard/profiles", title: "Profiles" },
  { name: "runners", path: "/dashboard/runners", title: "Runners" },
  { name: "alerts", path: "/dashboard/alerts", title: "Alerts" },
  { name: "api-keys", path: "/dashboard/api-keys", title: "API keys" },
  { name: "api-reference", path: "/dashboard/api", title: "API reference" },
  { name: "settings", path: "/dashboard/settings", title: "Settings" },
  { name: "signing-keys", path: "/dashboard/signing-keys", title: "Signing keys" },
  { name: "approve", path: "/dashboard/approve", title: "Approve this browser" },
  { name: "admin-relay", path: "/admin/relay", title: "Relay" },
];

for (const { name, path, title } of lists) {
  test(`the ${name} page can be read by everybody, in both themes, on a desk and on a phone`, async ({ ownerPage: page }, info) => {
    const look = watchPage(page);
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await look(name, info);
  });
}

test("a runner's page can be read by everybody, in both themes, on a desk and on a phone", async ({ ownerPage: page, product }, info) => {
  const look = watchPage(page);
  await page.goto(`/dashboard/runners/${product.firstRun.runnerId}`);
  await expect(page.getByRole("heading", { name: "About this runner" })).toBeVisible();
  await look("runner", info);
});

test("a runner's activity tells who asked what, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  await demo.ended(await demo.start(recording(own("Looks once"), steps.open(`${product.url}/practice/orders`), steps.see("h1"))));
  const look = watchPage(page);
  await page.goto(`/dashboard/runners/${product.firstRun.runnerId}`);
  await page.getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
  await page.getByRole("button", { name: /^Run .*Looks once/ }).click();
  await expect(page.getByText("Taken by the runner")).toBeVisible();
  await look("runner-activity", info);
});

test("a workflow's page and its deploy form can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  product,
}, info) => {
  const look = watchPage(page);
  await page.goto(`/dashboard/workflows/${product.firstRun.workflowId}`);
  await expect(page.getByRole("list", { name: "Steps" }).getByRole("listitem")).toHaveCount(8);
  await look("workflow", info);
  await page.getByRole("button", { name: "Deploy" }).click();
  await expect(page.getByRole("textbox", { name: "E-mail" })).toBeVisible();
  await look("deploy", info);
});

test("the page of a run that failed can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const runId = await demo.start(
    recording(own("Looks at orders"), steps.open(`${product.url}/practice/orders`), steps.see("h1"), steps.expectText("h1", "Invoices")),
  );
  await demo.ended(runId);
  const look = watchPage(page);
  await page.goto(`/dashboard/runs/${runId}`);
  await expect(page.getByRole("img", { name: /^Screenshot of Step 3/ })).toBeVisible();
  await expect(page.getByRole("log", { name: "Log" })).toBeVisible();
  await look("run", info);
});

test("the dialogs can be read by everybody and are left by Escape, which brings the keyboard back", async ({ ownerPage: page }, info) => {
  const look = watchPage(page);
  for (const [path, opener] of [
    ["runners", "Add a runner"],
    ["profiles", "Create profile"],
    ["api-keys", "Create API key"],
  ] as const) {
    await page.goto(`/dashboard/${path}`);
    await page.getByRole("button", { name: opener }).click();
    await expect(page.getByRole("dialog", { name: opener })).toBeVisible();
    if (path === "runners") await expect(page.getByRole("region", { name: "Pairing command" })).toBeVisible();
    await look(`dialog-${path}`, info);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("button", { name: opener })).toBeFocused();
  }
});

test("a dialog that a menu opened brings the keyboard back to the menu's button", async ({ ownerPage: page, product }) => {
  for (const [path, opener, item] of [
    ["workflows/".concat(product.firstRun.workflowId), "More actions", "Rename"],
    ["workflows/".concat(product.firstRun.workflowId), "More actions", "Delete workflow"],
    ["profiles", /^Actions for/, "Delete profile"],
    ["profiles", /^Project:/, "Create project"],
  ] as const) {
    await page.goto(`/dashboard/${path}`);
    const button = page.getByRole("button", { name: opener }).first();
    await button.press("Enter");
    await expect(page.getByRole("menuitem", { name: item })).toBeVisible();
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => {}))));
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().withRules(["color-contrast"]).include("[role=menu]").analyze();
    expect.soft(violations, `the menu of ${opener}`).toEqual([]);
    await page.getByRole("menuitem", { name: item }).press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(button).toBeFocused();
  }
});

for (const width of [1440, 390]) {
  test(`nothing moves while a page of ${width} pixels loads`, async ({ ownerPage, personPage, demo, product }) => {
    const { workflowId, runnerId } = product.firstRun;
    const runId = await demo.start(quick(product.url, own("Quick")));
    await demo.ended(runId);
    const lists = ["", "/workflows", "/runs", "/profiles", "/runners", "/alerts", "/api-keys", "/api", "/settings", "/signing-keys"];
    for (const [page, paths] of [
      [ownerPage, [...lists, `/workflows/${workflowId}`, `/runners/${runnerId}`, `/runs/${runId}`]],
      [personPage, ["", "/workflows", "/profiles", "/runners", "/alerts"]], // a project with nothing in it
    ] as const) {
      const moved = await watchMoves(page);
      await page.setViewportSize({ width, height: 900 });
      for (const path of paths) {
        await page.goto(`/dashboard${path}`);
        expect.soft(await moved(), path || "/").toBeLessThan(0.02);
      }
    }
  });
}

test("the keyboard alone gets past the menu, to a page's main action, through a dialog and back", async ({ ownerPage: page }) => {
  await page.goto("/dashboard/runners");
  await expect(page.getByRole("table", { name: "Runners" }).getByRole("link").first()).toBeVisible();
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Add a runner" })).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Add a runner" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Tab");
  expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Add a runner" })).toBeFocused();
});

/**
 * Adds up how much of the page moves while it loads: what visible things are shifted by, as a share of the screen. What is asked from
 * the server comes only when the page has been painted without it, so that it cannot come too early to be seen.
 */
async function watchMoves(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const all = window as unknown as { moved: number };
    all.moved = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) all.moved += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const heading = page.locator("h1").first();
  const painted = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.route(/\/api\/trpc\/(?!project\.list|live)/, async (route) => {
    // a page that was left asks for nothing any more
    await heading
      .waitFor()
      .then(painted)
      .then(() => route.continue())
      .catch(() => {});
  });
  return async () => {
    await heading.waitFor();
    await expect(page.getByRole("main").locator(".mantine-Skeleton-root, [aria-busy=true]")).toHaveCount(0);
    await painted();
    return page.evaluate(() => (window as unknown as { moved: number }).moved);
  };
}
