import type { Recording } from "@deskhand/shared/schemas/recording";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { HoldSurface, placeOf } from "./hold-surface.ts";
import { watchPage } from "./watch-page.ts";

test.describe.configure({ mode: "default", timeout: 180_000 });

test("a person records how they sign in, and what came of it runs by itself with another's password", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const site = `${product.url}/practice/sign-in`;
  const name = own("Recorded");
  const profile = await demo.createProfile();
  const look = watchPage(page);

  await page.goto("/dashboard/workflows/new");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("textbox", { name: "Start address" }).fill(site);
  await page.getByRole("button", { name: "Record", exact: true }).click();
  const drawer = page.getByRole("dialog", { name: `Record ${name}` });
  await drawer
    .getByRole("combobox", { name: "Profiles" })
    .or(drawer.getByRole("textbox", { name: "Profiles" }))
    .fill(profile.name);
  await page.getByRole("option", { name: profile.name }).click();
  // the list of profiles lies over the button while one chooses
  await drawer.getByRole("heading").first().click();
  await drawer.getByRole("button", { name: "Record", exact: true }).click();
  await page.waitForURL(/\/dashboard\/runs\//);
  const runId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  const surface = await HoldSurface.of(page);
  await expect(page.getByRole("textbox", { name: "Address of the page" })).toHaveValue(site);

  const twin = await surface.twin(site);
  const fields = { email: await placeOf(twin, "email"), password: await placeOf(twin, "password") };
  await twin.getByTestId("email").fill("demo@practice.example");
  await twin.getByTestId("password").fill("correct-horse");
  await twin.keyboard.press("Enter");
  await twin.getByTestId("who").waitFor();
  const who = await placeOf(twin, "who");
  await twin.close();
  const list = page.getByRole("list", { name: "Recorded steps" });

  await test.step("what they do is there as they do it, but for the password", async () => {
    await surface.press(fields.email);
    await page.keyboard.type("demo@practice.example");
    await expect(list.getByText("demo@practice.example")).toBeVisible();
    await surface.press(fields.password);
    await page.keyboard.insertText("correct-horse");
    await expect(list.getByText("{{inputs.password}}")).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("textbox", { name: "Address of the page" })).not.toHaveValue(site);
    await expect(list.getByText("Press key")).toBeVisible();
    await expect(page.getByText("correct-horse")).toHaveCount(0);
    await look("record", info);
  });

  await test.step("they point at what has to be there", async () => {
    const before = await list.getByRole("listitem").count();
    await page.getByRole("button", { name: "Point at" }).click();
    await page.getByRole("menuitem", { name: "Check its text" }).click();
    await expect(page.getByText("Press the element on the page.")).toBeVisible();
    await surface.press(who);
    await expect(list.getByRole("listitem")).toHaveCount(before + 1);
    await page.getByRole("button", { name: /^Edit Check/ }).click();
    const text = page.getByRole("textbox", { name: "The step as JSON" });
    await expect(text).toHaveValue(/demo@practice\.example/);
    expect(
      await page
        .getByRole("region", { name: /Ways to find it/ })
        .getByRole("listitem")
        .count(),
    ).toBeGreaterThan(2);
    await page.screenshot({ path: info.project.outputDir.concat("/pages/record-edit.png") });
    const edit = page.getByRole("dialog", { name: "Edit the step" });
    const change = edit.getByRole("button", { name: "Change the step" });
    const ways = edit.getByRole("region", { name: /Ways to find it/ }).getByRole("listitem");
    const [first = "", second = ""] = await ways.allTextContents();
    const step = await text.inputValue();
    await text.fill(step.replace('"operator": "contains"', '"operator": "resembles"'));
    await expect(edit.getByText(/^"parameters.operator" must be one of/)).toBeVisible();
    await expect(change).toBeDisabled();
    await text.fill(step);
    await edit.getByRole("button", { name: "Try way 2 earlier" }).click();
    await expect(ways.first()).toHaveText(second);
    await edit.getByRole("button", { name: "Remove way 2" }).click();
    await expect(ways.nth(1)).not.toHaveText(first);
    await change.click();
    await expect(edit).toBeHidden();
    // the runner has taken it
    await page.getByRole("button", { name: /^Edit Check/ }).click();
    await expect(ways.first()).toHaveText(second);
    await edit.getByRole("button", { name: "Close" }).click();
  });

  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.waitForURL(/\/dashboard\/workflows\//);
  const workflowId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  expect(await demo.ended(runId)).toMatchObject({
    state: "succeeded",
    artifacts: expect.arrayContaining([expect.objectContaining({ name: "recording.json" })]),
  });
  const { recording } = await demo.call<{ recording: Recording }>("GET", `/workflows/${workflowId}/version?number=2`);
  expect(JSON.stringify(recording)).not.toContain("correct-horse");
  expect(recording.inputs).toMatchObject({ properties: { password: { writeOnly: true } }, required: ["password"] });

  await test.step("that version signs in with the password that it is given", async () => {
    await page.getByRole("button", { name: "Deploy", exact: true }).click();
    const deploy = page.getByRole("dialog", { name: `Deploy ${name}` });
    await deploy.getByRole("group", { name: "Inputs" }).locator("input").fill("correct-horse");
    await deploy.getByRole("button", { name: "Deploy", exact: true }).click();
    await page.waitForURL(/\/dashboard\/runs\//);
    const again = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const run: RunDetail = await demo.ended(again);
    expect(run).toMatchObject({ state: "succeeded", failureCode: null });
  });
});
