import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeploymentProgress } from "@deskhand/shared/schemas/deployment";
import type { ProfileDetail, ProfileView } from "@deskhand/shared/schemas/profile";
import type { SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import type { Page } from "@playwright/test";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { online, pairAnother, runnerView, startAnother } from "./faults/second-runner.ts";
import { test as base, expect } from "./fixtures.ts";
import { quick } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

type Computer = { name: string; runnerId: string; profileId: string; terminal: (...args: string[]) => ReturnType<typeof deskhand> };

/** A runner of the test's own that does only what was signed. */
const test = base.extend<{ computer: Computer }>({
  computer: async ({ demo, product }, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "deskhand-signing-"));
    const name = own("Signed");
    const runnerId = await pairAnother(demo, product, home, "--name", name);
    const { apiKey } = product.firstRun;
    const env = { DESKHAND_HOME: home, DESKHAND_URL: product.url, DESKHAND_API_KEY: apiKey };
    const terminal = (...args: string[]) => deskhand(args, { env });
    await terminal("policy", "allow", new URL(product.url).host);
    await terminal("policy", "set", "signatures", "required");
    const runner = startAnother(home);
    await online(demo, runnerId);
    await expect.poll(async () => (await runnerView(demo, runnerId)).signaturesRequired).toBe(true);
    const profile = await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
    await use({ name, runnerId, profileId: profile.id, terminal });
    await runner.stop();
    await rm(home, { recursive: true });
  },
});

/** Opens the deployment drawer of a workflow, with this runner chosen. */
async function openDrawer(page: Page, workflowId: string, runnerName: string) {
  await page.goto(`/dashboard/workflows/${workflowId}`);
  await page.getByRole("button", { name: "Deploy" }).first().click();
  const drawer = page.getByRole("dialog", { name: /^Deploy / });
  await drawer.getByRole("combobox", { name: "Runner" }).click();
  await page.getByRole("option", { name: runnerName }).click();
  return drawer;
}

test("a browser asks to sign, the computer approves it by its fingerprint, and what it deploys then runs", async ({
  ownerPage: page,
  demo,
  computer,
  product,
}) => {
  const workflow = await demo.createWorkflow(quick(product.url, own("Signed look")));
  const { runnerId, profileId } = computer;

  await test.step("nothing that is unsigned gets through, whoever asks", async () => {
    const refused = await demo.send("POST", "/deployments", { workflowId: workflow.id, runnerId, profileIds: [profileId] });
    expect(refused.status()).toBe(412);
    expect(await refused.json()).toMatchObject({ code: "SIGNATURE_REQUIRED", whatToDo: expect.stringContaining("signatures optional") });
  });

  const drawer = await openDrawer(page, workflow.id, computer.name);
  await test.step("the browser is approved on the computer, by the fingerprint that both show", async () => {
    await expect(drawer.getByText("takes only what an approved browser signed")).toBeVisible();
    await expect(drawer.getByRole("button", { name: "Deploy", exact: true })).toBeDisabled();
    await drawer.getByRole("button", { name: "Ask for approval" }).click();
    await expect(drawer.getByText("asks to be approved")).toBeVisible();
    await expect.poll(async () => (await computer.terminal("keys", "list")).last.asking).toBe(1);
    const { fingerprint } = (await computer.terminal("keys", "list")).lines[0] as { fingerprint?: string };
    await expect(drawer.getByText(fingerprint ?? "none", { exact: true })).toBeVisible();
    expect(await computer.terminal("keys", "approve", fingerprint ?? "")).toMatchObject({ exitCode: 0, last: { status: "approved" } });
  });

  await test.step("deploys, and runs again", async () => {
    await expect(drawer.getByText(`opens ${new URL(product.url).host}`)).toBeVisible();
    await drawer.getByRole("button", { name: "Deploy", exact: true }).click();
    await page.waitForURL(/\/dashboard\/runs\//);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
    await page.getByRole("tab", { name: "Log" }).click();
    await expect(page.getByText(/Signed with the key/)).toBeVisible();
    const first = page.url();
    await page.getByRole("button", { name: "Rerun" }).click();
    await page.waitForURL((url) => url.href !== first && /\/dashboard\/runs\//.test(url.pathname));
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Succeeded");
  });

  await test.step("shows what a new version asks for beyond the last", async () => {
    const more = quick(product.url, own("Signed look"));
    more.steps.push({ type: "navigate", url: "https://shop.example/cart" });
    await demo.call("POST", `/workflows/${workflow.id}/versions`, { recording: JSON.stringify(more) });
    const next = await openDrawer(page, workflow.id, computer.name);
    await expect(next.getByRole("listitem").filter({ hasText: "opens shop.example" })).toContainText("new since version 1");
    await expect(next.getByRole("listitem").filter({ hasText: `opens ${new URL(product.url).host}` })).not.toContainText("new since");
  });

  await test.step("a profile is deleted only with a signature, which the browser gives", async () => {
    expect((await demo.send("DELETE", `/profiles/${profileId}`)).status()).toBe(412);
    await page.goto(`/dashboard/profiles?runner=${runnerId}`);
    await page.getByRole("button", { name: /^Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Delete profile" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await expect(page.getByText("was deleted.")).toBeVisible();
  });

  await test.step("is shown, and revoked at once", async () => {
    await page.goto(`/dashboard/runners/${runnerId}`);
    await expect(page.getByRole("table", { name: "Who may sign for this runner" })).toContainText("Approved");
    await page.goto("/dashboard/signing-keys");
    const row = page.getByRole("table", { name: "Signing keys" }).getByRole("row").filter({ hasText: computer.name });
    await row.getByRole("button", { name: /^Revoke/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke key" }).click();
    await expect.poll(async () => (await computer.terminal("keys", "list")).lines[0]).toMatchObject({ status: "revoked" });
  });
});

test("the command line of the runner's own folder signs without asking, and another's asks first", async ({ computer, demo, product }) => {
  const profile = (await demo.call<ProfileView>("GET", `/profiles/${computer.profileId}`)).name;
  const workflow = await demo.createWorkflow(quick(product.url, own("Signed by the terminal")));
  const args = ["deploy", "--workflow", workflow.id, "--profile", profile, "--watch"];
  const ended = await computer.terminal(...args);
  expect(ended.last).toMatchObject({ type: "result", status: "succeeded" });
  expect(ended.exitCode).toBe(0);

  const elsewhere = await mkdtemp(path.join(tmpdir(), "deskhand-elsewhere-"));
  const env = { DESKHAND_HOME: elsewhere, DESKHAND_URL: product.url, DESKHAND_API_KEY: product.firstRun.apiKey };
  const refused = await deskhand(args, { env });
  expect(refused).toMatchObject({ exitCode: 3, last: { code: "SIGNER_NOT_APPROVED" } });
  const { fingerprint } = refused.last.details as { fingerprint: string };
  await expect.poll(async () => (await computer.terminal("keys", "approve", fingerprint)).exitCode).toBe(0);
  await expect.poll(async () => (await deskhand(args, { env })).last).toMatchObject({ status: "succeeded" });
  await rm(elsewhere, { recursive: true });
});

test("a newer version takes the place of signed schedules, signed by the browser or by the terminal", async ({
  ownerPage: page,
  computer,
  demo,
  product,
}, info) => {
  const first = quick(product.url, own("Signed schedules"));
  const workflow = await demo.createWorkflow({ ...first, inputs: { properties: { word: { type: "string" } } } });
  const profile = (await demo.call<ProfileView>("GET", `/profiles/${computer.profileId}`)).name;
  for (const minutes of ["60", "90"]) {
    const args = ["--workflow", workflow.id, "--profile", profile, "--every", minutes, "--input", "word=given"];
    expect((await computer.terminal("deploy", ...args)).last).toMatchObject({ status: "scheduled" });
  }
  const publish = (timeout: number) => {
    const recording = JSON.stringify({ ...first, inputs: { properties: { word: { type: "string" } } }, timeout });
    return demo.call("POST", `/workflows/${workflow.id}/versions`, { recording });
  };
  const schedules = async (state: string) =>
    (await demo.call<{ items: DeploymentProgress[] }>("GET", `/deployments?workflowId=${workflow.id}&state=${state}`)).items;
  const standAt = (version: number) =>
    expect
      .poll(async () => (await schedules("active")).map((schedule) => schedule.version), { timeout: 60_000 })
      .toEqual([version, version]);
  await standAt(1);
  await publish(9_000);

  await page.goto(`/dashboard/workflows/${workflow.id}`);
  const panel = page.getByRole("region", { name: "Still on an older version" });
  await panel.getByRole("button", { name: "Use the new version for all 2" }).click();
  const dialog = page.getByRole("dialog", { name: "Use version 2 for all 2?" });
  await expect(dialog.getByRole("listitem").filter({ hasText: "word: given" })).toHaveCount(2);
  await watchPage(page)("renew-signed", info);
  const confirm = dialog.getByRole("button", { name: "Use version 2 for all" });
  await confirm.click();
  // the browser has asked to sign, and nothing was changed
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect.poll(async () => (await computer.terminal("keys", "list")).last.asking).toBe(1);
  const keys = (await computer.terminal("keys", "list")).lines as { fingerprint?: string; status?: string }[];
  const { fingerprint } = keys.find(({ status }) => status === "pending") ?? {};
  expect(await computer.terminal("keys", "approve", fingerprint ?? "")).toMatchObject({ exitCode: 0 });
  const approved = async () => {
    const { items } = await demo.call<{ items: SigningKeyView[] }>("GET", "/signing-keys");
    return items.some((key) => key.fingerprint === fingerprint && key.runners.some(({ status }) => status === "approved"));
  };
  await expect.poll(approved).toBe(true);
  await confirm.click();
  await expect(dialog).toBeHidden({ timeout: 30_000 });
  await standAt(2);
  expect(await schedules("ended")).toHaveLength(2);
  await expect(panel).toBeHidden();

  await publish(8_000);
  expect((await computer.terminal("schedules", "renew", "--workflow", workflow.id)).last).toMatchObject({ renewed: 2, refused: 0 });
  await standAt(3);
});

test("profiles that are made for such a runner are devices of their own, whichever way they are made", async ({
  ownerPage: page,
  computer,
  demo,
  product,
}) => {
  const { runnerId, name: runnerName } = computer;
  const expectDevice = async (name: string) => {
    const { items } = await demo.call<{ items: ProfileView[] }>("GET", `/profiles?runnerId=${runnerId}&search=${encodeURIComponent(name)}`);
    expect(items.length, name).toBe(1);
    const id = items[0]?.id ?? "";
    const { settings } = await demo.call<ProfileDetail>("GET", `/profiles/${id}`);
    expect(settings.identity, name).toMatchObject({ languages: expect.anything(), screen: expect.anything() });
    await expect.poll(async () => (await demo.call<ProfileDetail>("GET", `/profiles/${id}`)).appliedRevision, name).toBe(1);
  };
  const create = page.getByRole("dialog", { name: "Create profile" });
  const chooseRunner = async () => {
    await create.getByRole("combobox", { name: "Runner" }).click();
    await page.getByRole("option", { name: runnerName }).click();
  };

  await test.step("the dialog makes none before the browser is approved", async () => {
    await page.goto("/dashboard/profiles");
    await page.getByRole("button", { name: "Create profile" }).click();
    await chooseRunner();
    await create.getByRole("textbox", { name: "Name" }).fill(own("Dialog"));
    await create.getByRole("button", { name: "Ask for approval" }).click();
    await expect(create.getByText("asks to be approved")).toBeVisible();
    await expect(create.getByRole("button", { name: "Create profile" })).toBeDisabled();
    await expect.poll(async () => (await computer.terminal("keys", "list")).last.asking).toBe(1);
    const { fingerprint } = (await computer.terminal("keys", "list")).lines[0] as { fingerprint?: string };
    expect((await computer.terminal("keys", "approve", fingerprint ?? "")).exitCode).toBe(0);
  });

  const names = { dialog: own("Dialog"), import: own("Imported"), drawer: own("Drawer"), terminal: own("Terminal") };
  await test.step("the dialog", async () => {
    await create.getByRole("textbox", { name: "Name" }).fill(names.dialog);
    await create.getByRole("button", { name: "Create profile" }).click();
    await expect(page.getByText(`${names.dialog} was created.`)).toBeVisible();
    await expectDevice(names.dialog);
  });

  await test.step("files that become profiles", async () => {
    await page.getByRole("button", { name: "Import" }).click();
    const dialog = page.getByRole("dialog", { name: "Import profiles" });
    await dialog.getByRole("combobox", { name: "Runner" }).click();
    await page.getByRole("option", { name: runnerName }).click();
    const text = "# Netscape HTTP Cookie File\nshop.example\tFALSE\t/\tTRUE\t1999999999\tsid\t1\n";
    const file = { name: `${names.import}.txt`, mimeType: "text/plain", buffer: Buffer.from(text) };
    await dialog.locator("input[type=file]").setInputFiles([file]);
    await dialog.getByRole("button", { name: /^Import/ }).click();
    await expect(page.getByText("1 profile imported.")).toBeVisible();
    await expectDevice(names.import);
  });

  await test.step("beside the deploy form", async () => {
    const workflow = await demo.createWorkflow(quick(product.url, own("Signed devices")));
    const drawer = await openDrawer(page, workflow.id, runnerName);
    await drawer.getByRole("button", { name: "New profile" }).click();
    await drawer.getByRole("textbox", { name: "Name of the new profile" }).fill(names.drawer);
    await drawer.getByRole("button", { name: "Create profile" }).click();
    await expect(drawer.getByRole("textbox", { name: "Name of the new profile" })).toBeHidden();
    await expectDevice(names.drawer);
  });

  await test.step("the command line", async () => {
    expect((await computer.terminal("profiles", "create", names.terminal)).exitCode).toBe(0);
    await expectDevice(names.terminal);
  });
});

test("the link that the start printed approves the first browser for the runner beside the server", async ({
  ownerPage: page,
  product,
}) => {
  const { last } = await deskhand(["keys", "link"], { env: { DESKHAND_HOME: product.home } });
  expect(last.url).toContain(`${product.url}/dashboard/approve#`);
  await page.goto(last.url as string);
  await expect(page.getByText("This browser is approved")).toBeVisible();
  await page.goto(`/dashboard/runners/${product.firstRun.runnerId}`);
  await expect(page.getByText("its owner turned the demand off on its computer")).toBeVisible();
});
