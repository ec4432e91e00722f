import type { RunDetail } from "@deskhand/shared/schemas/run";
import { addMember } from "@/server/testing/factories";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { HoldSurface, placeOf } from "./hold-surface.ts";
import { signIn, withDatabase } from "./people.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test.describe.configure({ mode: "default", timeout: 120_000 });

test("a person takes the page of a run over, signs in by hand, and the run goes on", async ({ ownerPage: page, demo, product }, info) => {
  const site = `${product.url}/practice/sign-in`;
  const name = own("By hand");
  const runId = await demo.start(
    recording(
      name,
      steps.open(site),
      { ...steps.see("text/Welcome back"), timeout: 30_000 },
      {
        type: "customStep",
        name: "deskhand.extract",
        parameters: { kind: "text", key: "who", selectors: ["[data-testid=who]"] },
      },
    ),
  );
  const look = watchPage(page);
  await page.goto(`/dashboard/runs/${runId}`);
  await expect(page.getByRole("img", { name: "The page as it is now" })).toBeVisible();
  await page.getByRole("button", { name: "Take over" }).click();
  const surface = await HoldSurface.of(page);
  await expect(page.getByRole("textbox", { name: "Address of the page" })).toHaveValue(site);

  await test.step("nobody else gets it meanwhile, and all see who has it", async () => {
    const run = await demo.call<RunDetail>("GET", `/runs/${runId}`);
    expect(run.held).toMatchObject({ userName: expect.any(String) });
    expect(await (await demo.send("POST", `/runs/${runId}/holds`, {})).json()).toMatchObject({ code: "RUN_HELD" });
  });

  const twin = await surface.twin(site);
  const fields = { email: await placeOf(twin, "email"), password: await placeOf(twin, "password") };
  await twin.close();
  await look("take-over", info);

  await surface.press(fields.email);
  await page.keyboard.type("demo@practice.example");
  await surface.press(fields.password);
  await page.keyboard.insertText("correct-horse");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Address of the page" })).not.toHaveValue(site);
  await expect(page.getByText(/^\d+ ms$/)).toBeVisible();
  await page.getByRole("button", { name: "Give back" }).click();
  const ended = await demo.ended(runId);
  expect(ended).toMatchObject({ state: "succeeded", held: null });
  await page.getByRole("tab", { name: "Result data" }).click();
  await expect(page.getByText("demo@practice.example")).toBeVisible();
});

test("a finger taps and scrolls the page of a run, and the address bar leads elsewhere", async ({
  ownerPage,
  browser,
  demo,
  product,
  gate,
}, info) => {
  const runId = await demo.start(
    recording(own("On a phone"), steps.open(`${product.url}/practice`), { ...steps.open(`${gate.url}/held`), timeout: 30_000 }),
  );
  const phone = await browser.newContext({
    ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    storageState: await ownerPage.context().storageState(),
  });
  try {
    const page = await phone.newPage();
    await page.goto(`${product.url}/dashboard/runs/${runId}`);
    await page.getByRole("button", { name: "Take over" }).tap();
    const address = page.getByRole("textbox", { name: "Address of the page" });
    await expect(address).not.toHaveValue("");
    await address.fill(`${product.url}/practice/controls`);
    await address.press("Enter");
    await expect(address).toHaveValue(`${product.url}/practice/controls`);
    // the field has what was typed before the page is there, and there is no way back from a page that has not come yet
    await expect(async () => {
      await page.getByRole("button", { name: "Back", exact: true }).tap();
      await expect(address).not.toHaveValue(`${product.url}/practice/controls`, { timeout: 5_000 });
    }).toPass();
    await test.step("two fingers enlarge the page, and a tap is where it is seen", async () => {
      const surface = await HoldSurface.of(page);
      const twin = await surface.twin(`${product.url}/practice`);
      const { x = 0, y = 0 } = (await twin.getByRole("main").getByRole("link").nth(1).boundingBox()) ?? {};
      await twin.close();
      const link = { x: x + 20, y: y + 8 };
      const width = async () => (await page.getByRole("img", { name: "The page as it is now" }).boundingBox())?.width ?? 0;
      const whole = await width();
      await surface.spread(link);
      await expect.poll(width).toBeGreaterThan(whole * 1.5);
      await page.screenshot({ path: info.project.outputDir.concat("/pages/take-over-zoomed-390.png") });
      await surface.tap(link);
      await expect(address).toHaveValue(`${product.url}/practice/orders`);
      await page.getByRole("button", { name: "Show the whole page" }).tap();
      await expect.poll(width).toBe(whole);
      await page.getByRole("button", { name: "Enlarge the page" }).tap();
      await expect.poll(width).toBeGreaterThan(whole * 2);
    });
    gate.open();
    await page.getByRole("button", { name: "Give back" }).tap();
    await expect(page.getByRole("button", { name: "Give back" })).toBeHidden();
    await demo.ended(runId);
  } finally {
    await phone.close();
  }
});

test("a page whose holder is gone in the middle of a press goes to the next person who wants it, and the run goes on after them", async ({
  browser,
  ownerPage: page,
  demo,
  product,
}) => {
  const site = `${product.url}/practice/sign-in`;
  const condition = { kind: "url", operator: "contains", value: "second" } as const;
  const wait = { type: "customStep", name: "deskhand.wait", parameters: { for: "condition", condition }, timeout: 30_000 } as const;
  const runId = await demo.start(recording(own("Left"), steps.open(site), wait));
  const { projectId } = await demo.call<RunDetail>("GET", `/runs/${runId}`);
  const other = await withDatabase(product, (db) => addMember(db, projectId, "member"));
  const context = await browser.newContext({ baseURL: product.url });
  await signIn(context, product, { email: other.email });
  const second = await context.newPage();

  await page.goto(`/dashboard/runs/${runId}`);
  await page.getByRole("button", { name: "Take over" }).click();
  await expect(page.getByRole("button", { name: "Give back" })).toBeVisible();
  const surface = page.getByTestId("hold-surface");
  await surface.hover();
  await page.mouse.down();
  await second.goto(`/dashboard/runs/${runId}`);
  await expect(second.getByRole("button", { name: /has the page$/ })).toBeDisabled();
  // gone as a computer is whose battery is empty: nothing is said
  await page.context().setOffline(true);

  await expect(second.getByRole("button", { name: "Take over" })).toBeEnabled({ timeout: 60_000 });
  await second.getByRole("button", { name: "Take over" }).click();
  await expect(second.getByRole("button", { name: "Give back" })).toBeVisible({ timeout: 30_000 });
  expect(await demo.call<RunDetail>("GET", `/runs/${runId}`)).toMatchObject({ held: { userName: other.name } });
  await second.getByRole("textbox", { name: "Address of the page" }).fill(`${site}?second`);
  await second.getByRole("textbox", { name: "Address of the page" }).press("Enter");
  await second.getByRole("button", { name: "Give back" }).click();
  expect(await demo.ended(runId)).toMatchObject({ state: "succeeded", held: null });
  await context.close();
});

test("who has the page answers what it asks: no to a question, and words to a prompt", async ({ ownerPage: page, demo, product }, info) => {
  const code = `document.body.innerHTML = '<button>Delete</button><button>Name</button><p id="log"></p>';
    const [remove, name] = document.querySelectorAll("button");
    Object.assign(remove.style, { position: "fixed", inset: "0 0 50% 0", width: "100vw" });
    Object.assign(name.style, { position: "fixed", inset: "50% 0 0 0", width: "100vw" });
    const say = (text) => { document.querySelector("#log").textContent += text + ";"; };
    remove.onclick = () => say("deleted " + confirm("Delete all of the orders?"));
    name.onclick = () => say("named " + prompt("What is it called?", "Order"));`;
  const runId = await demo.start(
    recording(
      own("Asks"),
      steps.open(`${product.url}/practice`),
      { type: "customStep", name: "deskhand.script", parameters: { code } },
      {
        type: "customStep",
        name: "deskhand.human",
        parameters: { message: "Tidy up.", timeoutMs: 90_000, onTimeout: "fail" },
      },
      { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "log", selectors: ["#log"] } },
    ),
  );
  const look = watchPage(page);
  await page.goto(`/dashboard/runs/${runId}`);
  await page.getByRole("button", { name: "Take over" }).click();
  const surface = await HoldSurface.of(page);
  await surface.press({ x: 200, y: 100 });
  await expect(page.getByRole("alert").filter({ hasText: "Delete all of the orders?" })).toBeVisible();
  await look("take-over-dialog", info);
  const asks = page.getByRole("form", { name: "The page asks" });
  await asks.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Delete all of the orders?")).toBeHidden();
  await surface.press({ x: 200, y: 600 });
  await expect(asks.getByRole("textbox", { name: "Answer" })).toHaveValue("Order");
  await asks.getByRole("textbox", { name: "Answer" }).fill("Mine");
  await asks.getByRole("button", { name: "OK" }).click();
  await expect(page.getByText("What is it called?")).toBeHidden();
  await page.getByRole("button", { name: "Give back" }).click();
  expect(await demo.ended(runId)).toMatchObject({ state: "succeeded" });
  await page.getByRole("tab", { name: "Result data" }).click();
  await expect(page.getByText("deleted false;named Mine;")).toBeVisible();
});
