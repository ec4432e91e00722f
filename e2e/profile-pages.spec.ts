import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { quick } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// what axe says is enough to find the place, and traces of these pages cost more than the tests
test.use({ trace: "off" });
test.describe.configure({ timeout: 240_000 });

test("the list of profiles with some chosen, and what was started, can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
}, info) => {
  const name = own("Shop account");
  const profiles = await Promise.all([1, 2, 3, 4].map((n) => demo.createProfile(`${name} ${n}`)));
  await demo.call("POST", "/profiles/many/edit", { ids: profiles.map(({ id }) => id), addTags: ["paid", "spring-sale", "north"] });
  await demo.call("POST", "/profiles/many/open", { ids: profiles.slice(0, 1).map(({ id }) => id) });
  const look = watchPage(page);
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  const grid = page.getByRole("grid", { name: "Profiles" });
  await expect(grid).toHaveAttribute("aria-rowcount", "5");
  await expect(grid.getByText(/In use|Hibernating/)).toBeVisible({ timeout: 60_000 });
  await grid.focus();
  await page.keyboard.press("Control+a");
  await expect(page.getByRole("region", { name: "Chosen profiles" })).toBeVisible();
  await look("profiles-chosen", info);
  await page.getByRole("region", { name: "Chosen profiles" }).getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("4 profiles stopped.")).toBeVisible({ timeout: 60_000 });
  await look("profiles-stopped", info);
});

test("the import of profiles can be read by everybody, in both themes, on a desk and on a phone", async ({ ownerPage: page }, info) => {
  const look = watchPage(page);
  await page.goto("/dashboard/profiles");
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog", { name: "Import profiles" });
  const state = JSON.stringify({ cookies: [], origins: [{ origin: "https://shop.example", localStorage: [{ name: "a", value: "b" }] }] });
  await dialog.locator("input[type=file]").setInputFiles([
    { name: "shop account.json", mimeType: "application/json", buffer: Buffer.from(state) },
    { name: "broken.txt", mimeType: "text/plain", buffer: Buffer.from("# Netscape HTTP Cookie File\nnot a cookie\n") },
    { name: "sealed.deskhand.age", mimeType: "text/plain", buffer: Buffer.from("age-encryption.org/v1\n-> scrypt AAAA 18\n") },
  ]);
  await expect(dialog.getByText("line 2")).toBeVisible();
  await look("profiles-import", info);
});

test("a profile's page with all its panels can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const [workflow, profile] = await Promise.all([demo.createWorkflow(quick(product.url, own("Visits"))), demo.createProfile()]);
  await demo.ended(await demo.deploy(workflow.id, profile.id));
  const look = watchPage(page);
  await page.goto(`/dashboard/profiles/${profile.id}`);
  await page.getByRole("button", { name: "Start without a window" }).click();
  await expect(page.getByRole("button", { name: "Close it" })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Saved states" }).click();
  await expect(page.getByRole("table", { name: "Saved states" }).or(page.getByText("Nothing was saved yet."))).toBeVisible();
  await look("profile", info);
  await page.getByRole("button", { name: "Close it" }).click();
  await expect(page.getByRole("button", { name: "Start without a window" })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("radio", { name: "Dedicated" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("profile-engine", info);
});

test("proxies and deployments can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  await page.goto("/dashboard/proxies");
  await expect(page.getByRole("heading", { level: 1, name: "Proxies" })).toBeVisible();
  await page.getByRole("button", { name: "Add proxies" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Proxies" }).fill("proxy.example:8080\nsocks5://203.0.113.5:1080\nnot a proxy at all");
  await expect(dialog.getByText("Line 3:")).toBeVisible();
  await look("proxies-import", info);
  await dialog.getByRole("textbox", { name: "Proxies" }).fill("proxy.example:8080\nsocks5://203.0.113.5:1080");
  await dialog.getByRole("button", { name: "Add 2 proxies" }).click();
  await expect(dialog).toBeHidden();
  await look("proxies", info);

  const workflow = await demo.createWorkflow(quick(product.url, own("Visits")));
  const profiles = await Promise.all([1, 2, 3].map(() => demo.createProfile()));
  const { runnerId } = product.firstRun;
  const { id, runIds } = await demo.call<{ id: string; runIds: string[] }>("POST", "/deployments", {
    workflowId: workflow.id,
    runnerId,
    profileIds: profiles.map((profile) => profile.id),
  });
  for (const runId of runIds) await demo.ended(runId);
  // and one that has not begun
  await demo.call("POST", "/deployments", {
    workflowId: workflow.id,
    runnerId,
    profileIds: [profiles[0]?.id],
    schedule: { when: { kind: "every", minutes: 720 } },
  });
  await page.goto("/dashboard/deployments");
  await expect(page.getByRole("table", { name: "Deployments" }).getByRole("row").filter({ hasText: workflow.name })).toHaveCount(2);
  await expect(page.getByText("No run yet").first()).toBeVisible();
  await look("deployments", info);
  await page.goto(`/dashboard/deployments/${id}`);
  await expect(page.getByText("3 of 3 are over")).toBeVisible();
  await look("deployment", info);
});

test("a schedule can be read by everybody while it is made and when it holds, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const [workflow, profile] = await Promise.all([demo.createWorkflow(quick(product.url, own("Visits"))), demo.createProfile()]);
  const look = watchPage(page);
  await page.goto(`/dashboard/workflows/${workflow.id}`);
  await page.getByRole("button", { name: "Deploy" }).first().click();
  const drawer = page.getByRole("dialog", { name: /^Deploy / });
  await drawer.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "On days, at a time" }).click();
  await look("deploy-schedule", info);
  const { id } = await demo.call<{ id: string }>("POST", "/deployments", {
    workflowId: workflow.id,
    runnerId: product.firstRun.runnerId,
    profileIds: [profile.id],
    schedule: { when: { kind: "every", minutes: 720 } },
  });
  await page.goto(`/dashboard/deployments/${id}`);
  await expect(page.getByRole("heading", { name: "Schedule" })).toBeVisible();
  await look("deployment-schedule", info);
});

test("the form of an identity and the dialog of a copy can be read by everybody, in both themes, on a desk and on a phone", async ({
  ownerPage: page,
  demo,
}, info) => {
  const profile = await demo.createProfile();
  const look = watchPage(page);
  await page.goto(`/dashboard/profiles/${profile.id}`);
  const identity = page.getByRole("region", { name: "Identity" });
  await identity.getByRole("button", { name: "Edit" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await look("identity-form", info);
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(profile.name)}`);
  await page.getByRole("button", { name: `Actions for ${profile.name}` }).click();
  await page.getByRole("menuitem", { name: "Clone" }).click();
  const clone = page.getByRole("dialog", { name: `Clone ${profile.name}` });
  await expect(clone.getByRole("checkbox", { name: "Keep the device identity" })).toBeVisible();
  await look("profiles-clone", info);
});
