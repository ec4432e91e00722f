import { signWebhook } from "@deskhand/shared/client/verify-webhook";
import type { DeploymentView } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { TriggerView } from "@deskhand/shared/schemas/trigger";
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
