import { AxeBuilder } from "@axe-core/playwright";
import { finishCommand } from "@/server/domain/command/finish-command";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { createProfile, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { expect, test } from "./fixtures.ts";
import { withDatabase } from "./people.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

test("a schedule is what its runner made of it, keeps its workflow from being deleted, and is ended", async ({
  person: { projectId },
  personPage: page,
  product,
}, info) => {
  const minute = 60_000;
  const made = await withDatabase(product, async (db) => {
    const runner = await createRunner(db, { projectId, name: "Studio" });
    const profile = await createProfile(db, { projectId, runnerId: runner.id });
    const deploy = async (name: string, when: object, more: object = { scheduleInstalledAt: new Date() }) => {
      const workflow = await createWorkflow(db, { projectId, name });
      const schedule = { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
      const common = { projectId, runnerId: runner.id, workflowVersionId: workflow.version.id, profileIds: [profile.id] };
      const data = { ...common, schedule, inputs: {}, requestHash: "", createdAt: new Date(), ...more };
      return { workflowId: workflow.id, id: (await db.deployment.create({ data })).id };
    };
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    await deploy("Refused", { kind: "every", minutes: 5 }, { scheduleFailureCode: "TASK_INVALID" });
    await deploy("Over", { kind: "once", at: at(-minute) });
    return { runnerId: runner.id, ...(await deploy("Nightly", { kind: "cron", cron: "0 3 * * *", timeZone: "Europe/Berlin" })) };
  });
  /** The runner comes, answers what it was asked, and leaves. */
  const answer = (state: "succeeded" | "failed", failureCode: string | null = null) =>
    withDatabase(product, async (db) => {
      const { runnerId } = made;
      const ctx = testContext(db, { kind: "runner", runnerId, projectId });
      await db.runner.update({ where: { id: runnerId }, data: { connectionId: "here" } });
      const { messages } = await leaseCommands(ctx, { runnerId, connectionId: "here" });
      for (const { id } of messages) await finishCommand(ctx, { runnerId, commandId: id, state, failureCode });
      await db.runner.update({ where: { id: runnerId }, data: { connectionId: null } });
    });
  const look = watchPage(page);
  const row = (name: string) => page.getByRole("table", { name: "Deployments" }).getByRole("row").filter({ hasText: name });
  const dialog = page.getByRole("dialog");
  const nextTimes = page.getByRole("list", { name: "Next times" });

  await test.step("the list says how each stands, and when one runs next", async () => {
    await page.goto("/dashboard/deployments");
    await expect(row("Nightly")).toContainText(/Scheduled.*Next /);
    await expect(row("Over")).toContainText("Done");
    await expect(row("Refused")).toContainText("Refused by the runner");
    await look("schedules", info);
  });

  await test.step("asked to pause it waits for its runner, and is active until that has done it", async () => {
    await row("Nightly").getByRole("link", { name: "Nightly" }).click();
    await expect(page.getByText("None of its times has come yet.")).toBeVisible();
    await expect(nextTimes.getByRole("listitem")).toHaveCount(5);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText(/It waits for Studio, which is offline/)).toBeVisible();
    await expect(page.getByText("Pausing", { exact: true })).toBeVisible();
    await expect(nextTimes).toBeVisible();
    await look("schedule-asked", info);
  });

  await test.step("what the runner refuses is told with why, and asked again", async () => {
    await answer("failed", "POLICY_DENIED");
    await expect(page.getByRole("alert", { name: "The schedule was not paused" })).toBeVisible();
    await expect(page.getByText("Active", { exact: true })).toBeVisible();
    await look("schedule-refused", info);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByText("Pausing", { exact: true })).toBeVisible();
    await answer("succeeded");
    await expect(page.getByText("Paused", { exact: true })).toBeVisible();
    await expect(nextTimes).toBeHidden();
  });

  await test.step("it is begun by hand from its row, once, and the run says so", async () => {
    await page.goto("/dashboard/deployments");
    await row("Nightly").getByRole("button", { name: "Actions for Nightly" }).click();
    await page.getByRole("menuitem", { name: "Run now" }).click();
    await expect(page.getByText("Its run waits for Studio, which is offline.")).toBeVisible();
    await row("Nightly").getByRole("link", { name: "Nightly" }).click();
    await expect(page.getByText("Began by hand")).toBeVisible();
    await look("schedule-by-hand", info);
    await page.getByRole("button", { name: "Run now" }).click();
    await expect(page.getByText(/Its last runs are not over/)).toBeVisible();
    await page.getByLabel("What became of its times").getByRole("link", { name: "Open the run" }).click();
    await expect(page.getByText("By hand from its schedule, by Test Person")).toBeVisible();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await expect(page.getByRole("button", { name: "Rerun" })).toBeVisible();
  });

  await test.step("its workflow is not deleted, and says what begins it", async () => {
    await page.goto(`/dashboard/workflows/${made.workflowId}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete workflow" }).click();
    await dialog.getByRole("button", { name: "Delete workflow" }).click();
    await expect(dialog.getByRole("alert")).toContainText("A schedule or a trigger begins this workflow.");
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().include("[role=dialog]").analyze();
    expect.soft(violations).toEqual([]);
    await dialog.getByRole("link", { name: "Each day at 03:00, Europe/Berlin" }).click();
    await page.waitForURL(`**/dashboard/deployments/${made.id}`);
  });

  await test.step("it has ended once its runner has ended it, and the workflow can be deleted", async () => {
    await page.getByRole("button", { name: "End schedule" }).click();
    await dialog.getByRole("button", { name: "End schedule" }).click();
    await expect(page.getByText("Ending", { exact: true })).toBeVisible();
    await answer("succeeded");
    await expect(page.getByText("Ended", { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "End schedule" })).toBeHidden();
    await page.goto(`/dashboard/workflows/${made.workflowId}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete workflow" }).click();
    await dialog.getByRole("button", { name: "Delete workflow" }).click();
    await page.waitForURL("**/dashboard/workflows");
  });

  await test.step("what the runner refused is in the alerts", async () => {
    await page.goto("/dashboard/alerts");
    await expect(page.getByRole("list", { name: "Recent alerts" })).toContainText("The schedule of Nightly was not paused");
    // anew: of the refusal before the browser complained
    await watchPage(page)("alerts-of-schedules", info);
  });
});
