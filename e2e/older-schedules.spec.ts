import { signWebhook } from "@deskhand/shared/client/verify-webhook";
import type { DeploymentView } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { TriggerView } from "@deskhand/shared/schemas/trigger";
import { sealFor } from "@/trpc/seal";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

test("what runs an older version by itself is shown with its workflow, and the newest takes its place at the same address", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const first: Recording = {
    title: own("Kept up"),
    inputs: { properties: { word: { type: "string" } }, required: ["word"] },
    steps: [steps.open(`${product.url}/practice`)],
  };
  const workflow = await demo.createWorkflow(first);
  const profile = await demo.createProfile();
  const { runnerId } = product.firstRun;
  const deploy = (when: object) =>
    demo.call<DeploymentView>("POST", "/deployments", {
      workflowId: workflow.id,
      runnerId,
      profileIds: [profile.id],
      inputs: { word: "given" },
      schedule: { when, jitterSeconds: 0, overlap: "queue", missed: { policy: "skip" } },
    });
  const old = await deploy({ kind: "webhook", inputs: {}, perHour: 10 });
  const installed = (id: string) => async () =>
    (await demo.call<DeploymentView>("GET", `/deployments/${id}`)).schedule?.installedAt ?? null;
  await expect.poll(installed(old.id), { timeout: 60_000 }).not.toBeNull();
  const [trigger] = (await demo.call<{ items: TriggerView[] }>("GET", `/triggers?deploymentId=${old.id}`)).items;
  const webhook = trigger?.webhook;
  if (!webhook) throw new Error("no webhook");
  const { secret } = await demo.call<{ secret: string }>("POST", `/triggers/${webhook.id}/secret`, {});
  await demo.call("POST", `/workflows/${workflow.id}/versions`, { recording: JSON.stringify({ ...first, timeout: 9_000 }) });

  await page.goto(`/dashboard/workflows/${workflow.id}`);
  const panel = page.getByRole("region", { name: "Still on an older version" });
  await expect(panel.getByRole("link", { name: "Version 1" })).toHaveAttribute("href", `/dashboard/deployments/${old.id}`);
  await watchPage(page)("older-schedules", info);
  await panel.getByRole("button", { name: "Use the new version" }).click();
  await page.getByRole("dialog", { name: "Use version 2?" }).getByRole("button", { name: "Use version 2" }).click();
  await expect(panel).toBeHidden({ timeout: 60_000 });

  const triggers = await demo.call<{ items: TriggerView[] }>("GET", `/triggers?workflowId=${workflow.id}`);
  expect(triggers.items).toMatchObject([{ version: 2, webhook: { id: webhook.id, url: webhook.url, hasSecret: true } }]);
  await expect.poll(installed(triggers.items[0]?.deploymentId ?? ""), { timeout: 60_000 }).not.toBeNull();
  const body = "{}";
  const response = await fetch(webhook.url, { method: "POST", headers: await signWebhook(secret, "msg_1", body), body });
  const { runId } = (await response.json()) as { runId: string };
  expect(await demo.ended(runId)).toMatchObject({ state: "succeeded", version: 2 });
});

test("a schedule's times, rules and inputs are changed, and the one before it is a link away", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const recording: Recording = {
    title: own("Changed"),
    inputs: { properties: { word: { type: "string" }, secret: { type: "string", writeOnly: true } }, required: ["word", "secret"] },
    steps: [steps.open(`${product.url}/practice`)],
  };
  const workflow = await demo.createWorkflow(recording);
  const profile = await demo.createProfile();
  const { runnerId } = product.firstRun;
  const runner = await demo.call<RunnerView>("GET", `/runners/${runnerId}`);
  const secret = { sealed: await sealFor(runner.sealRecipient, "kept") };
  const old = await demo.call<DeploymentView>("POST", "/deployments", {
    workflowId: workflow.id,
    runnerId,
    profileIds: [profile.id],
    inputs: { word: "given", secret },
    schedule: {
      when: { kind: "cron", cron: "0 3 * * *", timeZone: "Europe/Berlin" },
      overlap: "queue",
      missed: { policy: "catch-up", limit: 3 },
    },
  });
  const scheduleOf = async (id: string) => (await demo.call<DeploymentView>("GET", `/deployments/${id}`)).schedule;
  await expect.poll(async () => (await scheduleOf(old.id))?.installedAt ?? null, { timeout: 60_000 }).not.toBeNull();

  await page.goto(`/dashboard/deployments/${old.id}`);
  const look = watchPage(page);
  await expect(page.getByRole("list", { name: "Rules" })).toContainText("make up for them, at most 3");
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: "Change the schedule" });
  await expect(drawer.getByLabel("Time", { exact: true })).toHaveValue("03:00");
  await expect(drawer.getByRole("textbox", { name: "word" })).toHaveValue("given");
  await look("change-schedule", info);
  await drawer.getByLabel("Time", { exact: true }).fill("07:30");
  await drawer.getByRole("textbox", { name: "word" }).fill("another");
  await drawer.getByRole("button", { name: "Change the schedule" }).click();
  await expect(page.getByText(/^Takes the place of/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("Each day at 07:30, Europe/Berlin")).toBeVisible();
  await look("changed-schedule", info);

  const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await expect.poll(async () => (await scheduleOf(old.id))?.removedAt ?? null, { timeout: 60_000 }).not.toBeNull();
  expect(await scheduleOf(id)).toMatchObject({ overlap: "queue", missed: { limit: 3 }, profileIds: [profile.id], removedAt: null });
  expect(await demo.call("GET", `/deployments/${id}/schedule/terms`)).toMatchObject({ inputs: { word: "another", secret } });
  await page.getByRole("link", { name: "the one before" }).click();
  await page.waitForURL(`**/dashboard/deployments/${old.id}`);
  await expect(page.getByText("Another has taken its place.")).toBeVisible();
});
