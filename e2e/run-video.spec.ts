import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { type Demo, own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { openVideo } from "./saved-video.ts";
import { watchPage } from "./watch-page.ts";

/** A run that keeps a video, and whose page counts on its own while the run only waits. */
async function recorded(demo: Demo, url: string) {
  const counting = `const count = document.body.appendChild(document.createElement("p"));
count.style.cssText = "position:fixed;inset:30% 30%;margin:0;font-size:120px;color:white";
setInterval(() => { const now = Number(count.textContent) + 1; count.textContent = now; count.style.background = "hsl(" + now * 47 + " 80% 40%)"; }, 200);`;
  const document = {
    ...recording(
      own("Counts"),
      steps.open(`${url}/practice`),
      { type: "customStep", name: "deskhand.script", parameters: { code: counting } },
      { type: "customStep", name: "deskhand.wait", parameters: { for: "time", ms: 2_500 } },
    ),
    video: "always" as const,
  };
  const run = await demo.ended(await demo.start(document));
  expect(run.state).toBe("succeeded");
  return run;
}

/** The middle of what the video shows. */
function middle(page: Page): Promise<string> {
  return page.getByRole("img", { name: /^Video of the run/ }).evaluate((canvas: HTMLCanvasElement) => {
    const { width, height } = canvas;
    return [...(canvas.getContext("2d")?.getImageData(width / 2, height / 2, 1, 1).data ?? [])].join();
  });
}

test("a run that keeps a video shows what the page did within one step", async ({ ownerPage: page, demo, product }, info) => {
  const look = watchPage(page);
  const run = await recorded(demo, product.url);
  await page.goto(`/dashboard/runs/${run.id}`);
  const video = page.getByRole("region", { name: "Video of the run" });
  await expect(page.getByRole("region", { name: "Film of the run" })).toHaveCount(0);
  await video.getByLabel("Speed").selectOption("4×");
  await video.getByRole("button", { name: "Play the video" }).click();
  const picture = page.getByRole("img", { name: /^Video of the run/ });
  await expect(video.getByRole("button", { name: "Play the video" })).toBeVisible();
  const time = video.getByRole("slider", { name: "Time of the video" });
  await expect(time).toHaveAttribute("aria-valuenow", (await time.getAttribute("aria-valuemax")) ?? "");
  await look("run-video", info);

  // back from its end picture by picture, all of them in the step that waits
  const stage = page.getByRole("region", { name: "Video", exact: true });
  const seen = new Set<string>();
  for (let count = 1; count <= 3; count++) {
    await expect.poll(async () => seen.has(await middle(page))).toBe(false);
    seen.add(await middle(page));
    await expect(picture).toHaveAttribute("aria-label", /Step 3$/);
    await stage.press(",");
  }
  await page.getByRole("button", { name: "Enlarge video" }).click();
  const large = page.getByRole("dialog");
  await expect(large.getByRole("img", { name: /^Video of the run/ })).toBeVisible();
  await expect.poll(() => middle(page)).not.toBe("0,0,0,0");
  await large.getByRole("button", { name: "Close" }).click();
  await expect(large).toHaveCount(0);
  await expect(page.getByRole("list", { name: "Screenshots by step" }).locator("[data-step='2'] button")).toHaveAttribute(
    "aria-pressed",
    "true",
  );

  // a step that is chosen is shown as its picture, and is where the video goes on
  await page.getByRole("button", { name: "Show step 2" }).click();
  await expect(page.getByRole("img", { name: /^Screenshot of Step 2/ })).toBeVisible();
  await expect(picture).toHaveCount(0);
  await expect
    .poll(async () => Number(await time.getAttribute("aria-valuenow")))
    .toBeLessThan(Number(await time.getAttribute("aria-valuemax")) - 2_400);
  await page.getByRole("region", { name: "Screenshots" }).press("k");
  await expect(picture).toHaveAttribute("aria-label", /Step 3$/);
});

test("the video of a run is saved as a WebM file of its length", async ({ ownerPage: page, demo, product }) => {
  const run = await recorded(demo, product.url);
  await page.goto(`/dashboard/runs/${run.id}`);
  const video = page.getByRole("region", { name: "Video of the run" });
  const downloading = page.waitForEvent("download");
  await video.getByRole("button", { name: "Save as a WebM file" }).click();
  await expect(video.getByRole("status")).toContainText(/^Saving \d+ %/);
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^run-.*\.webm$/);
  const bytes = await readFile(await download.path());
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]));
  const lengthMs = Number(await video.getByRole("slider").getAttribute("aria-valuemax"));
  expect(lengthMs).toBeGreaterThan(run.steps.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) - 500);
  const seen = await openVideo(page, bytes);
  expect(seen.duration).toBeGreaterThan(lengthMs / 1000 - 0.5);
  expect(seen.duration).toBeLessThan(lengthMs / 1000 + 1.5);
  expect(new Set(seen.pictures).size).toBe(2);
});
