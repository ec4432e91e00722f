import { type RepairFile, repairName } from "@deskhand/shared/schemas/repair";
import type { Frame } from "playwright-core";
import type { ArtifactStore } from "../browser/artifacts.ts";
import { type Candidate, findCandidates } from "../workflow/find-candidates.ts";
import type { RunServices } from "../workflow/run-services.ts";
import type { SecretMask } from "./secret-mask.ts";

/** Of one run: a loop may fail at many steps. */
const mostRepairs = 5;

/**
 * Keeps what somebody needs to give a step another selector: a picture of the page with the likeliest elements in boxes, and a list of
 * them. Both stay on this computer, like everything that shows a page.
 */
export function createRepairs(store: ArtifactStore, mask: SecretMask): NonNullable<RunServices["onNotFound"]> {
  const done = new Set<number>();
  return async (index, { page, frame, selectors, tried }) => {
    if (done.has(index) || done.size >= mostRepairs || page.isClosed()) return;
    done.add(index);
    try {
      const candidates = await findCandidates(frame, selectors);
      const base = repairName(index);
      const unmark = await mark(frame, page.mainFrame(), candidates);
      const picture = await page.screenshot({ type: "jpeg", quality: 80, timeout: 10_000 }).finally(unmark);
      const window = page.viewportSize() ?? (await page.evaluate(() => ({ width: innerWidth, height: innerHeight })));
      const about: RepairFile = { version: 1, step: index, window, tried, candidates };
      await store.write({ type: "screenshot", name: `${base}.jpg`, file: `${base}.jpg`, contentType: "image/jpeg", step: index }, picture);
      const list = { type: "log", name: `${base}.json`, file: `${base}.json`, contentType: "application/json", step: index } as const;
      await store.write(list, mask.apply(JSON.stringify(about)));
    } catch {
      // the failure itself is what counts
    }
  };
}

/** Draws a numbered box around each; what was drawn is gone before the page can notice much. */
async function mark(frame: Frame, main: Frame, candidates: readonly Candidate[]): Promise<() => Promise<void>> {
  if (frame !== main) return async () => {};
  const layer = await main.evaluateHandle(
    (boxes) => {
      const root = document.createElement("div");
      root.style.cssText = "position:fixed;inset:0;z-index:2147483647;pointer-events:none";
      for (const [index, { x, y, width, height }] of boxes.entries()) {
        const box = document.createElement("div");
        box.style.cssText = `position:absolute;left:${x}px;top:${y}px;width:${width}px;height:${height}px;outline:3px solid #e8590c;font:bold 14px sans-serif;color:#e8590c`;
        const number = document.createElement("span");
        number.textContent = String(index + 1);
        number.style.cssText = "position:absolute;left:-3px;top:-20px;background:#e8590c;color:#fff;padding:0 6px;border-radius:3px";
        box.append(number);
        root.append(box);
      }
      document.documentElement.append(root);
      return root;
    },
    candidates.map(({ box }) => box),
  );
  return async () => {
    await layer.evaluate((root) => root.remove()).catch(() => {});
    await layer.dispose().catch(() => {});
  };
}
