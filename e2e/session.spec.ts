import { expect, test } from "./fixtures.ts";
import { signIn } from "./people.ts";

test("a device that is signed out in the settings is out at once", async ({ browser, product, person, personPage: page }) => {
  const elsewhere = await browser.newContext({ baseURL: product.url, userAgent: "Mozilla/5.0 (X11; Linux x64) Firefox/140.0" });
  await signIn(elsewhere, product, person);
  const other = await elsewhere.newPage();
  await other.goto("/dashboard");
  await expect(other.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();

  await page.goto("/dashboard/settings");
  const devices = page.getByRole("list", { name: "Signed-in devices" });
  await expect(devices.getByRole("listitem")).toHaveCount(2);
  await devices.getByRole("button", { name: /^Sign out/ }).click();
  await expect(devices.getByRole("listitem")).toHaveCount(1);
  await expect(devices).toContainText("This device");

  expect((await other.request.get("/api/trpc/account.me")).status()).toBe(401);
  await other.getByRole("link", { name: "Workflows" }).click();
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(other.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await elsewhere.close();
});

test("what belongs to another project does not exist for anybody else", async ({ personPage: page, product, demo }) => {
  const { runnerId, workflowId, profileId } = product.firstRun;
  const runId = await demo.deploy(workflowId, profileId);
  for (const place of [`runners/${runnerId}`, `workflows/${workflowId}`, `runs/${runId}`]) {
    await page.goto(`/dashboard/${place}`);
    await expect(page.getByRole("alert").first()).toContainText("This does not exist, or it is not in a project of yours.");
    await expect(page.getByRole("main")).not.toContainText("Practice: sign in");
  }
  for (const place of ["runners", "workflows", "runs"]) {
    await page.goto(`/dashboard/${place}/nonsense`);
    await expect(page.getByRole("heading", { level: 1, name: "This page does not exist" })).toBeVisible();
    await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  }
  const { artifacts } = await demo.ended(runId);
  const answer = await page.request.get(`/api/v1/artifacts/${artifacts[0]?.id}/content`);
  expect(answer.status()).toBe(404);
  await page.goto(`/dashboard/runs?workflow=${workflowId}`);
  await expect(page.getByText("No run fits these filters")).toBeVisible();
});
