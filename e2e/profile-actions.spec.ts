import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";

test("the list of profiles shows what its address says, also when a link or the way back changes it", async ({ ownerPage: page, demo }) => {
  const profile = await demo.createProfile(own("Sought"));
  await page.goto("/dashboard/profiles");
  const search = page.getByRole("searchbox", { name: "Search profiles" });
  const link = page.getByRole("link", { name: profile.name });
  await search.pressSequentially(profile.name);
  await expect(page).toHaveURL((url) => url.searchParams.get("search") === profile.name);
  await expect(page.getByRole("grid", { name: "Profiles" })).toHaveAttribute("aria-rowcount", "2");
  await page.getByRole("link", { name: "Profiles", exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard\/profiles$/);
  await expect(search).toHaveValue("");
  await page.goBack();
  await expect(search).toHaveValue(profile.name);
  await link.click();
  await expect(page.getByRole("heading", { name: profile.name })).toBeVisible();
  await page.goBack();
  await expect(search).toHaveValue(profile.name);
  await expect(link).toBeVisible();
});

test("all that match are chosen on a phone, and a profile is made as the system that is wanted", async ({ ownerPage: page, demo }) => {
  const name = own("Phone");
  await Promise.all([1, 2, 3].map((n) => demo.createProfile(`${name} ${n}`)));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  await page.getByRole("combobox", { name: "Sort by" }).click();
  await page.getByRole("option", { name: "Sort by name" }).click();
  await expect(page).toHaveURL(/sort=name&direction=asc/);
  const first = page.getByRole("grid", { name: "Profiles" }).getByRole("link", { name }).first();
  await expect(first).toHaveText(`${name} 1`);
  await page.getByRole("button", { name: "Sorted upwards: sort downwards" }).click();
  await expect(page).toHaveURL(/sort=name(?!.*direction=asc)/);
  await expect(first).toHaveText(`${name} 3`);
  await page.getByRole("checkbox", { name: `Select ${name} 1` }).click();
  const bar = page.getByRole("region", { name: "Chosen profiles" });
  await bar.getByRole("button", { name: "Choose all 3" }).click();
  await expect(bar.getByText("3 profiles chosen")).toBeVisible();
  await bar.getByRole("button", { name: "Choose none" }).click();
  await page.getByRole("button", { name: "Create profile" }).click();
  const dialog = page.getByRole("dialog", { name: "Create profile" });
  await dialog.getByRole("textbox", { name: "Name" }).fill(`${name} as Windows`);
  await dialog.getByRole("combobox", { name: "System" }).click();
  await page.getByRole("option", { name: "Windows" }).click();
  await dialog.getByRole("button", { name: "Create profile" }).click();
  const made = page.getByRole("link", { name: `${name} as Windows` });
  await expect(made).toBeVisible();
  const id = (await made.getAttribute("href"))?.split("/").at(-1);
  expect((await demo.call<ProfileDetail>("GET", `/profiles/${id}`)).settings.identity?.os).toBe("windows");
});

test("of profiles that are changed together, those that cannot be are named with why, and the others are", async ({
  ownerPage: page,
  demo,
}) => {
  const name = own("Partly");
  const [free, full, gone] = await Promise.all(["free", "full", "gone"].map((what) => demo.createProfile(`${name} ${what}`)));
  const tags = Array.from({ length: 20 }, (_, n) => `t${n}`);
  await demo.call("POST", "/profiles/many/edit", { ids: [full?.id], addTags: tags });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  for (const profile of [free, full, gone]) await page.getByRole("checkbox", { name: `Select ${profile?.name}` }).click();
  const bar = page.getByRole("region", { name: "Chosen profiles" });
  await expect(bar).toContainText("3 profiles chosen");
  expect((await demo.send("DELETE", `/profiles/${gone?.id}`)).ok()).toBe(true);
  const outcome = page.getByRole("region", { name: "Profiles to which it was not done" });
  await bar.getByRole("button", { name: "Tags" }).click();
  const dialog = page.getByRole("dialog", { name: /^Tags of 3 profiles/ });
  await dialog.getByLabel("Add").fill("more");
  await page.keyboard.press("Enter");
  await dialog.getByRole("heading").click();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(outcome).toContainText("1 profile changed. 2 were not:");
  await expect(outcome.getByRole("listitem")).toHaveText([
    `${gone?.name}: it is not there any more.`,
    `${full?.name}: it would have more than 20 tags.`,
  ]);
  await outcome.getByRole("button", { name: "Close" }).click();
  await bar.getByRole("button", { name: "More for the chosen profiles" }).click();
  await page.getByRole("menuitem", { name: "Change the network" }).click();
  await page
    .getByRole("dialog", { name: /^Network of 3 profiles/ })
    .getByRole("button", { name: "Save" })
    .click();
  await expect(outcome).toContainText("2 profiles changed. 1 was not:");
  await expect(outcome.getByRole("listitem")).toHaveText([`${gone?.name}: it is not there any more.`]);
  const changed = await demo.call<ProfileDetail>("GET", `/profiles/${free?.id}`);
  expect(changed).toMatchObject({ revision: 2, tags: ["more"] });
});

test("a profile is deployed to, looked after and deleted on its own page", async ({ ownerPage: page, demo }) => {
  const profile = await demo.createProfile(own("Alone"));
  await page.goto(`/dashboard/profiles/${profile.id}`);
  const menu = page.getByRole("button", { name: `Actions for ${profile.name}` });
  await menu.click();
  await page.getByRole("menuitem", { name: "Deploy to it" }).click();
  const deploy = page.getByRole("dialog", { name: "Deploy to the profile" });
  await expect(deploy.getByRole("combobox", { name: "Workflow" })).toBeVisible();
  await deploy.getByRole("button", { name: "Close" }).click();
  await expect(menu).toBeFocused();
  for (const item of ["Clone", "Move to another runner"]) {
    await menu.click();
    await page.getByRole("menuitem", { name: item }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await expect(menu).toBeFocused();
  }
  await menu.click();
  await page.getByRole("menuitem", { name: "Its runs" }).click();
  await expect(page).toHaveURL(new RegExp(`/dashboard/runs\\?profile=${profile.id}`));
  await page.goBack();
  await menu.click();
  await page.getByRole("menuitem", { name: "Delete profile" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete profile" }).click();
  await expect(page).toHaveURL(/\/dashboard\/profiles$/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(`${profile.name} is back.`)).toBeVisible();
});

test("proxies are found by what their last check said, deleted together but for those that are used, and lead to what uses them", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const host = `${own("p").replace(" ", "-")}.example`;
  const proxies = [1, 2, 3].map((n) => ({
    id: crypto.randomUUID(),
    name: null,
    scheme: "http",
    host,
    port: 8080 + n,
    username: null,
    passwordSealed: null,
    changeUrlSealed: null,
  }));
  await demo.call("POST", "/proxies", { proxies, sealedFor: [] });
  const pool = { revision: 0, name: own("Pool"), strategy: "random", coolDownSeconds: 60, proxyIds: [proxies[0]?.id] };
  const poolId = crypto.randomUUID();
  await demo.call("PUT", `/proxy-pools/${poolId}`, pool);
  const { runnerId } = product.firstRun;
  const pattern = own("Behind a pool");
  await demo.call("POST", "/profiles/many/create", { runnerId, count: 1, pattern, proxy: { kind: "pool", poolId } });
  await page.goto("/dashboard/proxies");
  await page.getByRole("textbox", { name: "Search proxies" }).fill(host);
  const rows = page.getByRole("table", { name: "Proxies" }).getByRole("row").filter({ hasText: host });
  await expect(rows).toHaveCount(3);
  const state = page.getByRole("combobox", { name: "State" });
  await state.click();
  await page.getByRole("option", { name: "Does not work" }).click();
  await expect(page.getByText("No proxy like that")).toBeVisible();
  await state.click();
  await page.getByRole("option", { name: "Not checked" }).click();
  await expect(rows).toHaveCount(3);
  await page.reload();
  await expect(state).toHaveValue("Not checked");
  await expect(rows).toHaveCount(3);
  await page.getByRole("button", { name: "Delete what is found" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 2 proxies?" });
  await expect(dialog).toContainText("1 proxy that profiles or pools use stays.");
  await dialog.getByRole("button", { name: "Delete proxies" }).click();
  await expect(rows).toHaveCount(1);

  await rows.getByRole("link", { name: "1 pool" }).click();
  await page.getByRole("row").filter({ hasText: pool.name }).getByRole("link", { name: "1 profile" }).click();
  const found = page.getByRole("grid", { name: "Profiles" });
  await expect(found).toHaveAttribute("aria-rowcount", "2");
  await expect(found.getByRole("row").nth(1)).toContainText(pattern);
  await expect(page.getByRole("combobox", { name: "Network" })).toHaveValue(pool.name);
});
