import { signWebhook } from "@deskhand/shared/client/verify-webhook";
import type { DeploymentView } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 180_000 });

/** Says what it was given: the result is made of the input. */
function echo(url: string, title: string): Recording {
  return {
    title,
    inputs: { properties: { word: { type: "string", title: "Word" } }, required: ["word"] },
    variables: { said: { type: "string", output: true } },
    steps: [
      steps.open(`${url}/practice`),
      { type: "customStep", name: "deskhand.set", parameters: { variable: "said", value: "{{word}}" } },
    ],
  };
}

type Answer = { state: string; reason: string | null; runId: string; code?: string };

test("a message begins a workflow with a value of its own, and what that read begins the next", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const [first, second] = await Promise.all(["Told", "Then"].map((name) => demo.createWorkflow(echo(product.url, own(name)))));
  if (!first || !second) throw new Error("no workflow");
  const profile = await demo.createProfile();
  const { runnerId } = product.firstRun;
  const after = await demo.call<DeploymentView>("POST", "/deployments", {
    workflowId: second.id,
    runnerId,
    profileIds: [profile.id],
    schedule: { when: { kind: "after", workflowId: first.id, on: "success", inputs: { word: "said" }, sameProfile: true } },
  });

  await page.goto(`/dashboard/workflows/${first.id}`);
  await page.getByRole("button", { name: "Deploy" }).click();
  const drawer = page.getByRole("dialog", { name: /^Deploy/ });
  await drawer.getByRole("combobox", { name: "Runner" }).click();
  await page.getByRole("option", { name: await demo.runnerName() }).click();
  await expect(drawer.getByRole("button", { name: "Deploy" })).toBeEnabled();
  await drawer.getByRole("combobox", { name: "Profiles" }).click();
  await page.getByRole("option", { name: profile.name }).click();
  await page.keyboard.press("Escape");
  await drawer.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "When a message comes" }).click();
  await drawer.getByRole("checkbox", { name: "Word" }).check();
  await drawer.getByRole("textbox", { name: "Where the value of Word stands" }).fill("order.items[0].name");
  const look = watchPage(page);
  await look("trigger-form", info);
  await drawer.getByRole("button", { name: /^Schedule/ }).click();
  await page.waitForURL(/\/dashboard\/deployments\//);
  await expect(page.getByText("Active")).toBeVisible();
  await page.getByRole("button", { name: "Make the secret" }).click();
  const dialog = page.getByRole("dialog", { name: "Secret of the webhook" });
  const secret = (await dialog.getByRole("region", { name: "Signing secret" }).textContent()) ?? "";
  await dialog.getByRole("button", { name: "Done" }).click();
  const url = (await page.getByRole("region", { name: "Address" }).textContent()) ?? "";
  expect(url).toMatch(/\/api\/webhooks\/[0-9a-f-]{36}$/);

  const body = JSON.stringify({ order: { items: [{ name: "by message" }] } });
  const send = async (text: string, headers: Record<string, string>, to = url) => {
    const response = await fetch(to, { method: "POST", headers, body: text });
    return { status: response.status, answer: (await response.json()) as Answer };
  };
  const signed = await signWebhook(secret, "msg_1", body);
  const taken = await send(body, signed);
  expect(taken).toMatchObject({ status: 202, answer: { state: "fired", runId: expect.any(String) } });
  expect(await demo.ended(taken.answer.runId)).toMatchObject({ state: "succeeded" });

  const nextRun = async () =>
    (await demo.call<{ items: { runIds: string[] }[] }>("GET", `/deployments/${after.id}/firings`)).items[0]?.runIds[0];
  await expect.poll(nextRun, { timeout: 60_000 }).toBeDefined();
  const nextId = (await nextRun()) ?? "";
  const ended = await demo.ended(nextId);
  expect(ended.state).toBe("succeeded");
  const result = ended.artifacts.find(({ type }) => type === "result");
  expect(await demo.call("GET", `/artifacts/${result?.id}/content`)).toEqual({ said: "by message" });

  const unknown = url.replace(/[0-9a-f-]{36}$/, crypto.randomUUID());
  const refused = await Promise.all([
    send(body, signed),
    send(`${body} `, signed),
    send(body, {}, unknown),
    send(body, {}, `${unknown}x`),
    send("x".repeat(65_000), await signWebhook(secret, "msg_2", "x".repeat(65_000))),
    send("{}", await signWebhook(secret, "msg_3", "{}")),
  ]);
  expect(refused.map(({ status, answer }) => `${status} ${answer.code}`)).toEqual([
    "200 undefined",
    "401 SIGNATURE_INVALID",
    "404 NOT_FOUND",
    "404 NOT_FOUND",
    "413 PAYLOAD_TOO_LARGE",
    "400 INPUT_MISSING",
  ]);

  await expect(page.getByRole("link", { name: "Open the run" })).toBeVisible();
  await expect(page.getByText("last refused")).toBeVisible();
  await look("trigger-deployment", info);
  await page.goto("/dashboard/deployments");
  await page.getByRole("link", { name: "Triggers" }).click();
  const table = page.getByRole("table", { name: "Triggers" });
  await expect(table).toContainText(`When ${first.name} has succeeded`);
  await expect(table.getByRole("row").filter({ hasText: first.name }).filter({ hasText: "signed message" })).toContainText("Refused");
  await look("triggers", info);

  await page.goBack();
  await page.goto(`/dashboard/deployments/${after.id}`);
  await expect(page.getByRole("link", { name: "Open the run" })).toBeVisible();

  // the run says what the message brought, which is not brought again: a person gives it
  await page.goto(`/dashboard/runs/${taken.answer.runId}`);
  await expect(page.getByText("By a message", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Inputs" }).click();
  await expect(page.getByRole("table", { name: "Inputs" })).toContainText(/by message.*Came with the message that began this run\./);
  await page.getByRole("button", { name: "Rerun" }).click();
  await expect(page.getByText("is required", { exact: false }).first()).toBeVisible();
  const again = page.getByRole("dialog", { name: /^Deploy/ });
  await again.getByRole("textbox", { name: "Word" }).fill("by hand");
  await watchPage(page)("rerun-inputs", info);
  await again.getByRole("button", { name: "Deploy" }).click();
  await page.waitForURL((url) => url.pathname.startsWith("/dashboard/runs/") && !url.pathname.endsWith(taken.answer.runId));
});
