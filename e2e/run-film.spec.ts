import { readFile } from "node:fs/promises";
import { type Demo, own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { recording, steps } from "./recordings.ts";
import { openVideo } from "./saved-video.ts";
import { watchPage } from "./watch-page.ts";

/** A run that is over and has three pictures, of which no two that follow each other are alike. */
async function shown(demo: Demo, url: string) {
  const [first, second] = [`${url}/practice/orders`, `${url}/practice/sign-in`];
  const run = await demo.ended(
    await demo.start(recording(own("Filmed"), steps.open(first), steps.open(second), steps.open(`${url}/practice`))),
  );
  expect(run.state).toBe("succeeded");
  return run;
}

test("the film of a run plays along its time, from the beginning, and the large picture goes with it", async ({
  ownerPage: page,
  demo,
  product,
}, info) => {
  const look = watchPage(page);
  const run = await shown(demo, product.url);
  await page.goto(`/dashboard/runs/${run.id}`);
  const film = page.getByRole("region", { name: "Film of the run" });
  await expect(film).toBeVisible();
  await look("run-film", info);

  // pictures of a film come and go: they are noted by the page itself
  const pictures = page.getByRole("img", { name: /^Screenshot of Step/ });
  const seen = await pictures.evaluateHandle((picture) => {
    const names: string[] = [];
    const stage = picture.closest("section") as HTMLElement;
    const note = () => {
      const name = stage
        .querySelector("img[alt^=Screenshot]")
        ?.getAttribute("alt")
        ?.match(/Step \d/)?.[0];
      if (name && names.at(-1) !== name) names.push(name);
    };
    new MutationObserver(note).observe(stage, { subtree: true, childList: true, attributes: true });
    return names;
  });
  const time = film.getByRole("slider", { name: "Time of the film" });
  await film.getByRole("button", { name: "Play the film" }).click();
  await expect(film.getByRole("button", { name: "Play the film" })).toBeVisible();
  await expect(time).toHaveAttribute("aria-valuenow", (await time.getAttribute("aria-valuemax")) ?? "");
  await expect(pictures).toHaveAttribute("alt", /^Screenshot of Step 3 of 3/);
  expect(await seen.jsonValue()).toEqual(["Step 1", "Step 2", "Step 3"]);
});

test("the film of a run is saved as a video that has its length and its pictures, and can be wound", async ({
  ownerPage: page,
  demo,
  product,
}) => {
  const run = await shown(demo, product.url);
  await page.goto(`/dashboard/runs/${run.id}`);
  const film = page.getByRole("region", { name: "Film of the run" });
  const lengthMs = Number(await film.getByRole("slider").getAttribute("aria-valuemax"));
  const size = await page.getByRole("img", { name: /^Screenshot of Step 3/ }).evaluate(async (picture: HTMLImageElement) => {
    await picture.decode();
    return [picture.naturalWidth, picture.naturalHeight];
  });
  const downloading = page.waitForEvent("download");
  await film.getByRole("button", { name: "Save the pictures as a video file" }).click();
  await expect(film.getByRole("status")).toContainText(/^Saving \d+ %/);
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^run-.*\.webm$/);
  const bytes = await readFile(await download.path());
  const seen = await openVideo(page, bytes);
  expect(seen.duration).toBeGreaterThan(lengthMs / 1000 - 0.5);
  expect(seen.duration).toBeLessThan(lengthMs / 1000 + 1.5);
  expect([seen.width, seen.height]).toEqual(size);
  expect(new Set(seen.pictures).size).toBe(2);
});
