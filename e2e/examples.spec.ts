import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { signWebhook } from "@deskhand/shared/client/verify-webhook";
import type { webhookWithSecret } from "@deskhand/shared/schemas/webhook";
import type * as z from "zod";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { expect, test } from "./fixtures.ts";
import type { Product } from "./product.ts";
import { quick } from "./recordings.ts";

const root = path.resolve(import.meta.dirname, "..");
test.describe.configure({ timeout: 120_000 });

function start(example: string, args: string[], env: Record<string, string>) {
  return spawn(process.execPath, [`examples/${example}.ts`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

const access = ({ url, firstRun, home }: Product) => ({ DESKHAND_URL: url, DESKHAND_API_KEY: firstRun.apiKey, DESKHAND_HOME: home });

async function run(...started: Parameters<typeof start>) {
  const child = start(...started);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  expect(child.exitCode, err).toBe(0);
  return { out, err };
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill();
  await closed;
}

test("deploy-and-wait runs a workflow and prints what it read", async ({ product, demo }) => {
  const { name } = await demo.createProfile();
  const { out, err } = await run("deploy-and-wait", [name, `${product.url}/practice`], access(product));
  const { headings } = JSON.parse(out) as { headings: string[] };
  expect(headings.length).toBeGreaterThan(0);
  expect(err.split("\n")).toContain("succeeded");
});

test("create-profiles makes profiles with a pattern, and tells a refusal by its code", async ({ product, demo }) => {
  const pattern = `${own("Many")} {n:03}`;
  const args = [await demo.runnerName(), "3", pattern];
  const { out } = await run("create-profiles", args, access(product));
  expect(out.trim().split("\n").sort()).toEqual([1, 2, 3].map((n) => pattern.replace("{n:03}", `00${n}`)));
  const again = start("create-profiles", args, access(product));
  const [err] = await Promise.all([text(again.stderr), once(again, "close")]);
  expect(again.exitCode).toBe(1);
  expect(err).toContain("NAME_TAKEN");
});

test("drive-profile drives a profile with Playwright", async ({ product, demo }) => {
  const { name } = await demo.createProfile();
  const { out } = await run("drive-profile", [name, `${product.url}/practice`], access(product));
  expect(out.trim()).not.toBe("");
});

test("send-message begins a deployment that was made on the command line, and sees it end", async ({ product, demo }) => {
  const profile = await demo.createProfile();
  const workflow = await demo.createWorkflow({
    ...quick(product.url, own("By message")),
    inputs: { properties: { word: { type: "string" } }, required: ["word"] },
  });
  const env = access(product);
  const cli = (...args: string[]) => deskhand(args, { env });
  const made = await cli("deploy", "--workflow", workflow.id, "--profile", profile.id, "--on-webhook", "--set", "word=said.word");
  expect(made).toMatchObject({ exitCode: 0, last: { status: "scheduled" } });
  const deploymentId = made.last.deploymentId as string;
  const { last } = await cli("triggers", "secret", deploymentId);
  const trigger = { TRIGGER_URL: last.url as string, TRIGGER_SECRET: last.secret as string };
  const installed = () => demo.call<{ schedule: { installedAt: string | null } }>("GET", `/deployments/${deploymentId}`);
  await expect.poll(async () => (await installed()).schedule.installedAt, { timeout: 60_000 }).not.toBeNull();
  const { out } = await run("send-message", ['{"said":{"word":"hello"}}'], { ...env, ...trigger });
  expect(out.trim()).toBe("succeeded");

  expect(await cli("triggers", "disable", deploymentId)).toMatchObject({ exitCode: 0, last: { enabled: false } });
  const refused = start("send-message", ["{}"], { ...env, ...trigger });
  const [err] = await Promise.all([text(refused.stderr), once(refused, "close")]);
  expect(err).toContain("TRIGGER_DISABLED");
  const listed = await cli("triggers", "list");
  expect(listed.lines.find((line) => line.deploymentId === deploymentId)).toMatchObject({
    kind: "webhook",
    lastFiring: { state: "fired" },
    webhook: { lastRefusal: "TRIGGER_DISABLED" },
  });
  expect(await cli("triggers", "secret", workflow.id)).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
});

test("receive-webhook takes what the product sends, once, and nothing else", async ({ demo, product, request }) => {
  const nowhere = `http://127.0.0.1:9/`;
  const made = await demo.call<z.infer<typeof webhookWithSecret>>("POST", "/webhooks", { name: own("Example"), url: nowhere });
  const receiver = start("receive-webhook", [], { DESKHAND_WEBHOOK_SECRET: made.secret });
  try {
    const [port, lines] = await listening(receiver);
    const address = `http://127.0.0.1:${port}/`;
    const headers = { authorization: `Bearer ${product.firstRun.apiKey}` };
    expect((await request.patch(`${product.url}/api/v1/webhooks/${made.id}`, { headers, data: { url: address } })).ok()).toBe(true);
    await demo.call("POST", `/webhooks/${made.id}/test`, {});
    const { value } = await lines.next();
    expect(value).toContain("webhook.test");

    const body = JSON.stringify({ type: "again", data: {} });
    const signed = await signWebhook(made.secret, "msg_again", body);
    const send = (sent: string) => fetch(address, { method: "POST", headers: signed, body: sent });
    expect([(await send(body)).status, (await send(body)).status, (await send(`${body} `)).status]).toEqual([204, 204, 401]);
    expect((await lines.next()).value).toBe("again {}");
  } finally {
    await stop(receiver);
    await demo.send("DELETE", `/webhooks/${made.id}`);
  }
});

async function listening(child: ReturnType<typeof start>): Promise<[number, AsyncIterator<string>]> {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { value } = await lines.next();
  return [Number(/listening on (\d+)/.exec(value ?? "")?.[1]), lines];
}
