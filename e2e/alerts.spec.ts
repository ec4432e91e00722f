import { Webhook } from "standardwebhooks";
import { v7 as uuid } from "uuid";
import { startReceiver } from "@/server/testing/webhook-receiver";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { withDatabase } from "./people.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// each page is looked at in both themes and widths
test.use({ trace: "off" });
test.describe.configure({ timeout: 120_000 });

let receiver: Awaited<ReturnType<typeof startReceiver>>;
test.beforeAll(async () => {
  receiver = await startReceiver();
});
test.afterAll(() => receiver.close());

test("a webhook is told of a failed deployment with a signature that holds, is looked at, and is sent again", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const [name, rule] = [own("Status page"), own("On call")];
  await page.goto("/dashboard/alerts");
  await page.getByRole("button", { name: "Add webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("textbox", { name: "Address" }).fill(receiver.url);
  await dialog.getByRole("button", { name: "Add webhook" }).click();
  const secret = (await dialog.getByRole("region", { name: "Signing secret" }).textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  await dialog.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Add rule" }).click();
  await dialog.getByRole("textbox", { name: "Name" }).fill(rule);
  await dialog.getByRole("combobox", { name: "Webhooks" }).click();
  await page.getByRole("option", { name }).click();
  await dialog.getByRole("textbox", { name: "Name" }).click();
  await dialog.getByRole("button", { name: "Add rule" }).click();
  await expect(page.getByRole("table", { name: "Rules" })).toContainText(rule);

  const title = own("Fails");
  const runId = await demo.start(recording(title, steps.open(`${product.url}/practice`), steps.expectText("h1", "Something else")));
  await demo.ended(runId);
  const ours = () => receiver.received.find(({ body }) => body.includes(title));
  await expect.poll(ours).toBeDefined();
  const { body, headers } = ours() ?? { body: "", headers: {} };
  const message = new Webhook(secret).verify(body, headers as Record<string, string>) as {
    type: string;
    data: { runs: object; url: string };
  };
  expect(message).toMatchObject({ type: "deployment.failed", data: { runs: { total: 1, failed: 1, active: 0 } } });
  expect(message.data.url).toBe(`${product.url}/dashboard/runs/${runId}`);

  await expect(page.getByRole("list", { name: "Recent alerts" })).toContainText(`${title} failed`);
  const look = watchPage(page);
  await look("alerts-filled", info);
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("deployment.failed");
  await look("webhook", info);
  await page.getByRole("button", { name: "Look at deployment.failed, Delivered" }).click();
  await expect(dialog.getByRole("list", { name: "Attempts" })).toContainText("Answer 200");
  await expect(dialog.getByRole("region", { name: "Message" })).toContainText(title);
  await look("delivery", info);
  const before = receiver.received.length;
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect.poll(() => receiver.received.length).toBeGreaterThan(before);
  expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(headers["webhook-id" as keyof typeof headers]);
  await expect(dialog.getByRole("list", { name: "Attempts" }).getByRole("listitem")).toHaveCount(2);
  await page.keyboard.press("Escape");

  // a receiver that is down: the attempt is told with its reason, and what failed is sent again at once when it is back
  receiver.answers({ status: 503, body: "maintenance" });
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("The receiver did not answer with success");
  await expect(page.getByText("Failing", { exact: true }).first()).toBeVisible();
  receiver.answers({ status: 200 });
  await page.getByRole("button", { name: "Look at webhook.test, Waiting" }).click();
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(dialog.getByText("Delivered", { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Active", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Delete" }).click();
  await dialog.getByRole("button", { name: "Delete webhook" }).click();
  await expect(page).toHaveURL(/\/dashboard\/alerts$/);
  await expect(page.getByRole("table", { name: "Rules" })).toContainText("Nobody any more");
});

test("the dialogs of alerts can be read by everybody, in both themes, on a desk and on a phone", async ({ personPage: page }, info) => {
  const look = watchPage(page);
  await page.goto("/dashboard/alerts");
  for (const opener of ["Add rule", "Add webhook"]) {
    await page.getByRole("button", { name: opener }).click();
    await expect(page.getByRole("dialog", { name: opener })).toBeVisible();
    await look(`dialog-${opener.toLowerCase().replace(" ", "-")}`, info);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await expect(page.getByRole("button", { name: opener })).toBeFocused();
  }
});

test("the operator sees the relay over time; for everybody else there is no such page", async ({
  ownerPage,
  personPage,
  product,
}, info) => {
  await withDatabase(product, async (db) => {
    const processId = uuid();
    const minute = 60_000;
    const now = Math.floor(Date.now() / minute) * minute;
    const buckets = (around: number) => Array.from({ length: 18 }, (_, index) => Math.max(0, 12 - 4 * Math.abs(index - around)));
    const data = (index: number) => ({
      connectedRunners: 40 + Math.round(8 * Math.sin(index / 9)),
      ...{
        joins: index % 7 === 0 ? 2 : 0,
        reconnects: index % 7 === 0 ? 1 : 0,
        refusals: 0,
        succeeded: 20 + (index % 9),
        failed: index % 11 === 0 ? 2 : 0,
      },
      ...{ delivered: index % 5, deliveryRetries: index % 13 === 0 ? 1 : 0, deliveryFailures: 0 },
      ...{
        queued: (index * 3) % 14,
        leased: index % 3,
        accepted: index % 4,
        running: 6 + (index % 5),
        oldestOnline: index % 6,
        oldestOffline: 400 + index,
      },
      latencies: { queued: buckets(4), accept: buckets(3), start: buckets(2), total: buckets(8), ping: buckets(1) },
    });
    const rows = Array.from({ length: 60 }, (_, index) => ({
      seconds: 60,
      at: new Date(now - (60 - index) * minute),
      processId,
      data: data(index),
    }));
    await db.processSample.createMany({ data: rows });
  });
  const look = watchPage(ownerPage);
  await ownerPage.goto("/dashboard");
  await ownerPage.getByRole("button", { name: /^Account:/ }).click();
  await ownerPage.getByRole("menuitem", { name: "Installation" }).click();
  await expect(ownerPage.getByRole("heading", { level: 1, name: "Relay" })).toBeVisible();
  const connected = ownerPage.getByRole("region", { name: "Connected runners" });
  await expect(connected).toContainText(/Last: Connected \d/);
  await expect(connected.locator("svg path").first()).toBeVisible();
  await look("admin-relay-filled", info);
  await connected.getByRole("button", { name: "Show numbers of Connected runners" }).press("Enter");
  await expect(connected.getByRole("table", { name: "Connected runners" }).getByRole("row")).toHaveCount(61);
  await ownerPage.getByText("7 days").click();
  await expect(connected.getByRole("table", { name: "Connected runners" }).getByRole("row")).toHaveCount(85);

  const answer = await personPage.goto("/admin/relay");
  expect(answer?.status()).toBe(404);
  await expect(personPage.getByRole("heading", { name: "This page does not exist" })).toBeVisible();
  await personPage.goto("/dashboard");
  await personPage.getByRole("button", { name: /^Account:/ }).click();
  await expect(personPage.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await expect(personPage.getByRole("menuitem", { name: "Installation" })).toHaveCount(0);
});
