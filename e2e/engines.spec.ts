import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { quick } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

// what axe says is enough to find the place, and traces of these pages cost more than the tests
test.use({ trace: "off" });

test("many are moved to the other engine and back, in a dialog that says what stays behind", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  test.setTimeout(240_000);
  const name = own("Engine");
  const [used, unused] = await Promise.all([1, 2].map((n) => demo.createProfile(`${name} ${n}`)));
  const workflow = await demo.createWorkflow(quick(product.url, own("Visits")));
  const engines = async () => {
    const details = await Promise.all([used, unused].map((one) => demo.call<ProfileDetail>("GET", `/profiles/${one?.id}`)));
    return details.map(({ settings }) => settings.engine);
  };
  const look = watchPage(page);
  await page.goto(`/dashboard/profiles?search=${encodeURIComponent(name)}`);
  const grid = page.getByRole("grid", { name: "Profiles" });
  await expect(grid).toHaveAttribute("aria-rowcount", "3");
  const choose = async (engine: "shared" | "dedicated") => {
    await grid.focus();
    await page.keyboard.press("Control+a");
    await page.getByRole("button", { name: "More for the chosen profiles" }).click();
    await page.getByRole("menuitem", { name: `Use the ${engine} engine` }).click();
    return page.getByRole("dialog", { name: `Move 2 profiles to the ${engine} engine?` });
  };
  const away = await choose("dedicated");
  await expect(away.getByText("Nothing that is known of stays behind.")).toBeVisible();
  await away.getByRole("button", { name: "Move them" }).click();
  await expect(page.getByText("2 profiles set to the dedicated engine.")).toBeVisible({ timeout: 60_000 });
  expect(await engines()).toEqual(["dedicated", "dedicated"]);
  expect((await demo.ended(await demo.deploy(workflow.id, used?.id ?? ""))).state).toBe("succeeded");
  const back = await choose("shared");
  await expect(back.getByRole("listitem").filter({ hasText: "Extensions, which the shared engine cannot have" })).toBeVisible();
  await look("profiles-engine", info);
  await back.getByRole("button", { name: "Move them" }).click();
  await expect(page.getByText("2 profiles set to the shared engine.")).toBeVisible({ timeout: 120_000 });
  expect(await engines()).toEqual(["shared", "shared"]);
});
