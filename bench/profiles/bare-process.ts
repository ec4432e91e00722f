// The floor of bench/profiles-live.ts: a bare Playwright script with a context for each profile, in one browser. bare-process.ts <browser>
import { launchBare } from "../floor.ts";

const browser = await launchBare(process.argv[2] ?? "");
process.on("message", async ({ url, count }: { url: string; count: number }) => {
  for (let n = 0; n < count; n++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    const page = await context.newPage();
    await page.goto(url);
  }
  process.send?.("done");
});
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
