import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { deskhand, startDeskhand } from "./deskhand.ts";
import { expect, test } from "./fixtures.ts";
import { quick } from "./recordings.ts";

test("a new person gets from signing up to a run on a computer of their own", async ({ page, product }) => {
  test.slow(); // it is many steps long
  await test.step("signs up, out, and in again", () => signUpOutAndIn(page));

  await test.step("makes a project", async () => {
    await page.getByRole("button", { name: /^Project:/ }).click();
    await page.getByRole("menuitem", { name: "Create project" }).click();
    await page.getByRole("dialog").getByRole("textbox", { name: "Project name" }).fill("Back office");
    await page.getByRole("dialog").getByRole("button", { name: "Create project" }).click();
    await expect(page.getByRole("button", { name: "Project: Back office" })).toBeVisible();
  });

  const home = await mkdtemp(path.join(tmpdir(), "deskhand-runner-"));
  const env = { DESKHAND_HOME: home };
  let approvalUrl = "";
  await test.step("pairs a runner by the command that is shown, and accepts it by its fingerprint", async () => {
    await page.getByRole("link", { name: "Runners", exact: true }).first().click();
    await page.getByRole("button", { name: "Add a runner" }).first().click();
    const dialog = page.getByRole("dialog", { name: "Add a runner" });
    const command = await dialog.getByRole("region", { name: "Pairing command" }).innerText();
    const { code } = /^npx \S+ \S+ pair (?<code>[\dA-Z]{4}-[\dA-Z]{4}) --server \S+$/.exec(command.trim())?.groups ?? {};
    const paired = await deskhand(["pair", code ?? command, "--server", product.url, "--name", "Office computer"], { env });
    expect(paired).toMatchObject({ exitCode: 0, last: { type: "result", status: "pending", name: "Office computer" } });
    approvalUrl = paired.last.approvalUrl as string;
    const request = dialog.getByRole("article", { name: "Office computer asks to join" });
    await expect(request).toContainText(paired.last.fingerprint as string);
    await request.getByRole("button", { name: "Accept" }).click();
    await expect(dialog.getByText("Office computer is part of the project")).toBeVisible();
    await dialog.getByRole("button", { name: "Done" }).click();
  });

  await test.step("allows the site on the computer itself, because a runner opens nothing by itself", async () => {
    expect((await deskhand(["status"], { env })).last).toMatchObject({ policy: "empty" });
    expect(await deskhand(["policy", "allow", new URL(product.url).host], { env })).toMatchObject({ exitCode: 0 });
  });

  const row = page.getByRole("table", { name: "Runners" }).getByRole("row").filter({ hasText: "Office computer" });
  await expect(row).toContainText("Offline");
  const runner = startDeskhand(["start"], env);
  runner.stdout.resume();
  runner.stderr.resume();
  const stopped = once(runner, "close");
  try {
    await expect(row).toContainText("Online"); // by itself: nothing is reloaded

    await test.step("approves this browser by the link that the computer printed, without a second step", async () => {
      await page.goto(approvalUrl);
      await expect(page.getByText("This browser is approved")).toBeVisible();
      expect(page.url()).not.toContain("#");
    });

    await test.step("makes a profile and a workflow, and deploys it in one click", async () => {
      await page.getByRole("link", { name: "Profiles", exact: true }).click();
      await page.getByRole("button", { name: "Create profile" }).first().click();
      const dialog = page.getByRole("dialog", { name: "Create profile" });
      await dialog.getByRole("textbox", { name: "Name" }).fill("Shop account");
      await dialog.getByRole("button", { name: "Create profile" }).click();
      await expect(page.getByRole("grid", { name: "Profiles" }).getByRole("row").filter({ hasText: "Shop account" })).toContainText("New");

      await page.getByRole("link", { name: "Workflows", exact: true }).click();
      await page.getByRole("link", { name: "New workflow" }).click();
      await page.getByRole("button", { name: "Paste text instead" }).click();
      await page.getByRole("textbox", { name: "Recording as JSON" }).fill(JSON.stringify(quick(product.url, "First look")));
      await page.getByRole("button", { name: "Check recording" }).click();
      await page.getByRole("button", { name: "Create workflow" }).click();
      await page.getByRole("button", { name: "Deploy" }).click();
      await page.getByRole("dialog", { name: "Deploy First look" }).getByRole("button", { name: "Deploy" }).click();
      await page.waitForURL(/\/dashboard\/runs\//);
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
      await expect(page.getByRole("img", { name: /^Screenshot of Step 2/ })).toBeVisible();
    });

    await test.step("sees the runner go offline, and that the run's files are on it", async () => {
      runner.kill("SIGTERM");
      await stopped;
      await expect(page.getByText("These files are on Office computer, which is offline.").first()).toBeVisible();
      await page.getByRole("link", { name: "Runners", exact: true }).click();
      await expect(row).toContainText("Offline");
    });
  } finally {
    runner.kill("SIGTERM");
    await stopped;
    await rm(home, { recursive: true });
  }
});

async function signUpOutAndIn(page: Page): Promise<void> {
  const email = `${own("new").replace(" ", "-")}@example.com`;
  const password = "four words in a row";
  await page.goto("/");
  await page.getByRole("link", { name: "Create account" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("New Person");
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await page.getByRole("button", { name: /^Account:/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();

  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The e-mail address and the password do not match." })).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
}
