import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { type Demo, own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { online, pairAnother, startAnother } from "./faults/second-runner.ts";
import { test as base, expect } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";

type Computer = {
  runnerId: string;
  /** Its owner's terminal. */
  policy: (...args: string[]) => ReturnType<typeof deskhand>;
  /** Deploys one step that opens this address. @returns the run's id */
  open: (url: string) => Promise<string>;
};

/** A runner of the test's own, whose policy it may change. */
const test = base.extend<{ computer: Computer }>({
  computer: async ({ demo, product }, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "deskhand-policy-"));
    const runnerId = await pairAnother(demo, product, home, "--name", own("Policy"));
    const runner = startAnother(home);
    await online(demo, runnerId);
    const profile = await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
    await use({
      runnerId,
      policy: (...args) => deskhand(args, { env: { DESKHAND_HOME: home } }),
      open: (url) => open(demo, url, { runnerId, profileId: profile.id }),
    });
    await runner.stop();
    await rm(home, { recursive: true });
  },
});

async function open(demo: Demo, url: string, { runnerId, profileId }: { runnerId: string; profileId: string }): Promise<string> {
  const workflow = await demo.createWorkflow(recording(own("Opens"), steps.open(url), steps.see("h1")));
  const deployment = { workflowId: workflow.id, runnerId, profileIds: [profileId] };
  return (await demo.call<{ runIds: string[] }>("POST", "/deployments", deployment)).runIds[0] as string;
}

test("the demo's runner may open its own server and nothing else", async ({ product }) => {
  const { last } = await deskhand(["policy", "show"], { env: { DESKHAND_HOME: product.home } });
  const { port } = new URL(product.url);
  const rules = (last.rules as { effect: string; pattern: string }[]).map(({ effect, pattern }) => `${effect} ${pattern}`);
  // the last one lets these tests use sites of their own
  expect(rules.toSorted()).toEqual([`allow 127.0.0.1`, `allow 127.0.0.1:${port}`, `allow localhost:${port}`].toSorted());
  expect(last).toMatchObject({ shell: false, files: false });
});

test("a host that the runner does not allow is refused, both sides say by which rule, and its owner can allow it", async ({
  ownerPage: page,
  demo,
  gate,
  computer,
}) => {
  const shop = gate.url.replace("127.0.0.1", "shop.localhost");
  const refused = await demo.ended(await computer.open(`${shop}/before?card=4111`));
  expect(refused).toMatchObject({ state: "failed", failureCode: "POLICY_DENIED", failureStep: 0 });
  const told = { kind: "host", rule: "nothing allows it", subject: "shop.localhost", fatal: true };
  await expect.poll(async () => (await demo.ended(refused.id)).refusals).toMatchObject([told]);
  expect((await computer.policy("policy", "refusals")).lines[0]).toMatchObject({ ...told, runId: refused.id });
  expect(JSON.stringify((await demo.ended(refused.id)).refusals)).not.toContain("card");

  await page.goto(`/dashboard/runs/${refused.id}`);
  await expect(page.getByRole("alert").filter({ hasText: "shop.localhost is refused" })).toContainText(
    "deskhand policy allow shop.localhost",
  );
  await page.getByRole("tab", { name: "Refused (1)" }).click();
  await expect(page.getByRole("table", { name: "Refused by the runner's policy" })).toContainText("nothing allows it");

  expect(await computer.policy("policy", "allow", "shop.localhost")).toMatchObject({ exitCode: 0 });
  expect(await demo.ended(await computer.open(`${shop}/before`))).toMatchObject({ state: "succeeded" });

  // the project may take it away again, and only that
  await page.goto(`/dashboard/runners/${computer.runnerId}`);
  await page.getByRole("textbox", { name: "Hosts that the project refuses as well" }).fill("*.localhost");
  await page.getByRole("button", { name: "Save" }).click();
  await expect
    .poll(async () => (await computer.policy("policy", "show")).last.rules)
    .toContainEqual(expect.objectContaining({ by: "server" }));
  const tightened = await demo.ended(await computer.open(`${shop}/before`));
  await expect.poll(async () => (await demo.ended(tightened.id)).refusals[0]?.rule).toBe("deny *.localhost (set by the project)");
});

test("a runner that is paused stays online, its runs say why they wait, and go on when it does", async ({
  ownerPage: page,
  demo,
  gate,
  computer,
}) => {
  expect(await computer.policy("pause")).toMatchObject({ exitCode: 0, last: { paused: true } });
  await page.goto(`/dashboard/runners/${computer.runnerId}`);
  await expect(page.getByText("Paused", { exact: true })).toBeVisible();
  const runId = await computer.open(`${gate.url}/before`);
  await page.goto(`/dashboard/runs/${runId}`);
  await expect(page.getByText(/is paused\. It starts when somebody runs/)).toBeVisible();
  expect(await computer.policy("resume")).toMatchObject({ exitCode: 0 });
  expect(await demo.ended(runId)).toMatchObject({ state: "succeeded" });
});
