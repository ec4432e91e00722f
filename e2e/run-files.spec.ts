import type { RunDetail } from "@deskhand/shared/schemas/run";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { watchPage } from "./watch-page.ts";

test("a run's requests are read on its page, and its trace is opened in the viewer, without a request to anybody else", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const { workflowId, profileId } = product.firstRun;
  const run = await demo.ended(await demo.deploy(workflowId, profileId));
  await page.goto(`/dashboard/runs/${run.id}`);

  await page.getByRole("tab", { name: "Network" }).click();
  const requests = page.getByRole("table", { name: "Requests" });
  await expect(requests.getByRole("row").nth(1)).toContainText("200");
  const all = await page.getByText(/ of \d+ requests/).textContent();
  await page.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Document" }).click();
  await expect(page.getByText(/ of \d+ requests/)).not.toHaveText(all ?? "");
  await requests.getByRole("button").first().click();
  await expect(page.getByRole("region", { name: /^Request / })).toContainText("text/html");

  await page.getByRole("tab", { name: "Result data" }).click();
  await page.getByRole("button", { name: "Export all of it" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: /^CSV For/ }).click();
  expect((await downloading).suggestedFilename()).toBe("orders.csv");

  await page.getByRole("tab", { name: /^Files/ }).click();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.context().on("request", (request) => asked.push(request.url()));
  const opening = page.waitForEvent("popup");
  await page.getByRole("link", { name: "Open trace trace.zip" }).click();
  const viewer = await opening;
  viewer.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const actions = viewer.getByTestId("actions-tree");
  await expect(actions).toContainText("Navigate");
  await actions.getByText(/^Fill/).first().click();
  const snapshot = viewer.frameLocator("iframe.snapshot-visible");
  await expect(snapshot.getByRole("textbox").first()).toBeVisible();
  expect(asked.filter((url) => !url.startsWith(product.url) && !/^(data|blob):/.test(url))).toEqual([]);
  expect(complaints).toEqual([]);
});

test("what the pages of a run wrote to their console is read by step, with search and problems", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  const says = (code: string) => ({ type: "customStep", name: "deskhand.script", parameters: { code } }) as const;
  const title = own("Says something");
  const run = await demo.ended(
    await demo.start(
      recording(
        title,
        steps.open(`${product.url}/practice`),
        says("console.log('Loaded', document.title)"),
        says("console.error('Broken thing')"),
        steps.open(`${product.url}/practice/orders`),
      ),
    ),
  );
  await page.goto(`/dashboard/runs/${run.id}`);
  await page.getByRole("tab", { name: "Console (1 error)" }).click();
  const lines = page.getByRole("log", { name: "Console" });
  await expect(lines).toContainText("Loaded Start · Practice site");
  await expect(lines).toContainText("Broken thing");
  await look("run-console", info);
  await page.getByText("Problems only").click();
  await expect(lines).not.toContainText("Loaded");
  await expect(lines).toContainText("Broken thing");
  await page.getByText("Problems only").click();
  await page.getByRole("button", { name: /^Step 2, / }).click();
  await expect(lines).not.toContainText("Broken thing");
  await page.getByRole("searchbox", { name: "Search the console" }).fill("broken");
  await expect(page.getByText("No line fits the search and filters.")).toBeVisible();
  await page.getByText("Step 2 only").click();
  await expect(lines).toContainText("Broken thing");
});

test("what the pages of a run write to their console is read while it goes on, as it comes", async ({ ownerPage: page, demo, product }) => {
  const says = "let ticks = 0; setInterval(() => console.log('Tick', ++ticks), 200)";
  const runId = await demo.start(
    recording(
      own("Goes on saying something"),
      steps.open(`${product.url}/practice`),
      { type: "customStep", name: "deskhand.script", parameters: { code: says } },
      steps.see("#never", 30_000),
    ),
  );
  await page.goto(`/dashboard/runs/${runId}`);
  await page.getByRole("tab", { name: "Console" }).click();
  const lines = page.getByRole("log", { name: "Console" });
  // what was written before somebody looked, and what comes after
  await expect(lines).toContainText("Tick 1", { timeout: 60_000 });
  const shown = async () => Number((await lines.innerText()).match(/Tick (\d+)(?![\s\S]*Tick)/)?.[1]);
  const before = await shown();
  await expect.poll(shown).toBeGreaterThan(before + 3);
  expect((await demo.call<RunDetail>("GET", `/runs/${runId}`)).state).toBe("running");
  await demo.call("POST", `/runs/${runId}/cancel`);
  await demo.ended(runId);
  await expect(lines).toContainText("Tick 1");
});

test("whoever is not signed in sees the viewer, and no trace", async ({ page, demo, product }) => {
  const { workflowId, profileId } = product.firstRun;
  const run = await demo.ended(await demo.deploy(workflowId, profileId));
  const trace = run.artifacts.find(({ type }) => type === "trace");
  await page.goto(`/trace/index.html?trace=${encodeURIComponent(`/api/v1/artifacts/${trace?.id}/content`)}`);
  await expect(page.getByText(/Could not load trace/).first()).toBeVisible();
});
