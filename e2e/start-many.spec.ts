import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { held } from "./recordings.ts";

test("many are started and stopped from the list, and one that is used says so", async ({ ownerPage: page, demo, gate }) => {
  test.setTimeout(240_000);
  const name = own("Started");
  const [one, two, busy] = await Promise.all([1, 2, 3].map((n) => demo.createProfile(`${name} ${n}`)));
  const workflow = await demo.createWorkflow(held(gate, own("Held")));
  await demo.deploy(workflow.id, busy?.id ?? "");
  const holder = async () => (await demo.call<ProfileView>("GET", `/profiles/${busy?.id}`)).holder?.kind;
  // runs of other journeys may be in its way
  await expect.poll(holder, { timeout: 60_000 }).toBe("run");
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  const grid = page.getByRole("grid", { name: "Profiles" });
  await expect(grid).toHaveAttribute("aria-rowcount", "4");
  const order = async (button: string) => {
    await grid.focus();
    await page.keyboard.press("Control+a");
    await page.getByRole("region", { name: "Chosen profiles" }).getByRole("button", { name: button, exact: true }).click();
  };
  await order("Start");
  const progress = page.getByRole("region", { name: "Starting profiles" });
  await expect(progress.getByText(/^2 profiles started/)).toBeVisible({ timeout: 60_000 });
  await expect(progress.getByRole("listitem")).toContainText(`${busy?.name}`);
  for (const { id } of [one, two].filter((each) => each !== undefined))
    await expect.poll(async () => (await demo.call<{ state: string }>("GET", `/profiles/${id}`)).state).toMatch(/in-use|hibernating/);
  await order("Stop");
  await expect(page.getByRole("region", { name: "Stopping profiles" }).getByText("3 profiles stopped.")).toBeVisible({ timeout: 60_000 });
  for (const { id } of [one, two].filter((each) => each !== undefined))
    await expect.poll(async () => (await demo.call<{ state: string }>("GET", `/profiles/${id}`)).state).toMatch(/new|saved/);
});
