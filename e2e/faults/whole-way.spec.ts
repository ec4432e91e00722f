import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import type { Page } from "@playwright/test";
import { own } from "../demo.ts";
import { HoldSurface, placeOf } from "../hold-surface.ts";
import { expect, test } from "./fixtures.ts";
import { pidsOf, signalAll } from "./processes.ts";

test.describe.configure({ mode: "default", timeout: 400_000 });
test.skip(process.platform !== "linux", "looks for processes in /proc");

const rows = (page: Page) => page.getByRole("list", { name: "Steps", exact: true }).locator("button[data-step]");
const form = (page: Page) => page.getByRole("region", { name: "Chosen step" });
const add = (page: Page, label: string) => page.getByRole("button", { name: label, exact: true }).click();
const view = (page: Page, label: string) => page.getByRole("radiogroup", { name: "View" }).getByText(label, { exact: true }).click();
const save = async (page: Page, answer: string) => {
  await page.getByRole("button", { name: "Save version" }).click();
  await page.getByRole("dialog", { name: "Run the tests first?" }).getByRole("button", { name: answer, exact: true }).click();
};
const secret = "correct-horse";

test("what was recorded is edited, tested and scheduled, fires with the server stopped, and goes on when a person gives its page back", async ({
  ownerPage: page,
  demo,
  product,
  site,
  ownProduct: { dir },
}) => {
  const name = own("Whole way");
  const profile = await demo.createProfile();
  let workflowPage = "";

  await test.step("recorded on the practice site", async () => {
    const signIn = `${product.url}/practice/sign-in`;
    await page.goto("/dashboard/workflows/new");
    await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.getByRole("textbox", { name: "Start address" }).fill(signIn);
    await page.getByRole("button", { name: "Record", exact: true }).click();
    const drawer = page.getByRole("dialog", { name: `Record ${name}` });
    await drawer
      .getByRole("combobox", { name: "Profiles" })
      .or(drawer.getByRole("textbox", { name: "Profiles" }))
      .fill(profile.name);
    await page.getByRole("option", { name: profile.name }).click();
    // the list of profiles lies over the button while one chooses
    await drawer.getByRole("heading").first().click();
    await drawer.getByRole("button", { name: "Record", exact: true }).click();
    await page.waitForURL(/\/dashboard\/runs\//);
    const surface = await HoldSurface.of(page);
    const address = page.getByRole("textbox", { name: "Address of the page" });
    await expect(address).toHaveValue(signIn);
    const twin = await surface.twin(signIn);
    const fields = { email: await placeOf(twin, "email"), password: await placeOf(twin, "password") };
    await twin.getByTestId("email").fill("demo@practice.example");
    await twin.getByTestId("password").fill(secret);
    await twin.keyboard.press("Enter");
    await twin.getByTestId("who").waitFor();
    const who = await placeOf(twin, "who");
    await twin.close();

    const list = page.getByRole("list", { name: "Recorded steps" });
    await surface.press(fields.email);
    await page.keyboard.type("demo@practice.example");
    await expect(list.getByText("demo@practice.example")).toBeVisible();
    await surface.press(fields.password);
    await page.keyboard.insertText(secret);
    await expect(list.getByText("{{inputs.password}}")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(address).not.toHaveValue(signIn);
    await expect(list.getByText("Press key")).toBeVisible();
    const before = await list.getByRole("listitem").count();
    await page.getByRole("button", { name: "Point at" }).click();
    await page.getByRole("menuitem", { name: "Read its text" }).click();
    await expect(page.getByText("Press the element on the page.")).toBeVisible();
    await surface.press(who);
    await expect(list.getByRole("listitem")).toHaveCount(before + 1);
    await page.getByRole("button", { name: "Save as a new version" }).click();
    await page.waitForURL(/\/dashboard\/workflows\//);
    workflowPage = page.url();
  });

  await test.step("edited: a test of its own, which passes", async () => {
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await view(page, "Tests");
    await page.getByRole("button", { name: "Add test" }).click();
    const one = page.getByRole("group", { name: /^Test / });
    await one.getByLabel("Name", { exact: true }).fill("Says who it is");
    await expect(one.getByLabel("Name 1")).toHaveValue("value1");
    await one.getByLabel("Value 1").fill("demo@practice.example");
    await save(page, "Run the tests first");
    await page.waitForURL(/version=3/);
    const panel = page.getByRole("region", { name: "Tests" });
    await panel.getByRole("combobox", { name: "Run them with profile" }).click();
    await page.getByRole("option", { name: profile.name }).click();
    await panel.locator("input[type=password]").fill(secret);
    await panel.getByRole("button", { name: "Run the test" }).click();
    const draft = page.getByRole("alert").filter({ hasText: "Nobody gets it" });
    await expect(draft).toContainText("1 test passed.", { timeout: 90_000 });
    await draft.getByRole("button", { name: "Publish" }).click();
    await page.waitForURL(workflowPage);
  });

  await test.step("edited: it tells a site that it has begun, and asks a person at its end", async () => {
    await page.getByRole("link", { name: "Edit", exact: true }).click();
    await view(page, "List");
    await rows(page).first().click();
    await add(page, "Open page");
    await form(page).getByLabel("Address").fill(site.url("/page/fired"));
    await rows(page).nth(1).click();
    await page.keyboard.press("Alt+ArrowUp");
    await expect(rows(page).first()).toContainText("/page/fired");
    await rows(page).last().click();
    await add(page, "Ask a person");
    await expect(rows(page).last()).toContainText("Ask a person");
    await save(page, "Save without");
    await expect(page.getByRole("button", { name: "Save version" })).toBeDisabled();
    await page.goto(workflowPage);
  });

  let deploymentPage = "";
  await test.step("deployed with a schedule", async () => {
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    const drawer = page.getByRole("dialog", { name: `Deploy ${name}` });
    // the profile of the recording is the only one, and chosen already
    await drawer.getByRole("group", { name: "Inputs" }).locator("input[type=password]").fill(secret);
    await drawer.getByRole("combobox", { name: "When" }).click();
    await page.getByRole("option", { name: "Every so often" }).click();
    await drawer.getByRole("combobox", { name: "Unit" }).click();
    await page.getByRole("option", { name: "minutes" }).click();
    await drawer.getByLabel("Every", { exact: true }).fill("1");
    await drawer.locator("button[type=submit]").click();
    await page.waitForURL(/\/dashboard\/deployments\//);
    deploymentPage = page.url();
    await expect(page.getByRole("heading", { name: "Schedule" })).toBeVisible();
  });
  const deploymentId = new URL(deploymentPage).pathname.split("/").at(-1) ?? "";
  const installedAt = async () =>
    (await demo.call<{ schedule: { installedAt: string | null } | null }>("GET", `/deployments/${deploymentId}`)).schedule?.installedAt;
  await expect.poll(installedAt).toBeTruthy();

  await test.step("fires with the server stopped", async () => {
    const servers = pidsOf(dir, "server");
    signalAll(servers, "SIGSTOP");
    try {
      await expect.poll(() => site.visits("/page/fired"), { timeout: 120_000 }).toBe(1);
    } finally {
      signalAll(servers, "SIGCONT");
    }
  });

  const runs = async () => (await demo.call<{ items: RunDetail[] }>("GET", `/runs?deploymentId=${deploymentId}&limit=10`)).items;
  await test.step("its history arrives", async () => {
    // the start script may take a server that does not answer for dead, and start another
    await expect.poll(async () => (await runs().catch(() => [])).length, { timeout: 120_000 }).toBeGreaterThan(0);
    await page.goto(deploymentPage);
    await expect(
      page.getByRole("list", { name: "What became of its times" }).or(page.getByLabel("What became of its times")),
    ).toBeVisible();
  });

  await test.step("a person takes the page over where it asks for one, and it goes on", async () => {
    const first = (await runs()).at(-1);
    await page.goto(`/dashboard/runs/${first?.id}`);
    await expect(page.getByText("The run waits for you")).toBeVisible({ timeout: 90_000 });
    await page.getByRole("button", { name: "Take over" }).click();
    await HoldSurface.of(page);
    await page.getByRole("button", { name: "Give back" }).click();
    const state = async () => (await demo.call<RunDetail>("GET", `/runs/${first?.id}`)).state;
    await expect.poll(async () => isFinal(await state()), { timeout: 90_000 }).toBe(true);
    expect(await state()).toBe("succeeded");
  });
  await demo.send("DELETE", `/deployments/${deploymentId}/schedule`);
});
