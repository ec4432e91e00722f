import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";

type Floor = { url: string; count: number; atOnce: number /** For the states. */; folder: string };
type Warm = { context: BrowserContext; page: Page };

/**
 * Profiles a minute as a bare Playwright script does them: the practice sign-in in a context for each, opened ahead while the one before
 * is at work, and its state saved.
 */
export async function bareProfilesPerMinute(browser: Browser, { url, count, atOnce, folder }: Floor): Promise<number> {
  const open = async (): Promise<Warm> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
    return { context, page: await context.newPage() };
  };
  let left = count;
  const lane = async () => {
    let warm: Promise<Warm> | undefined = open();
    while (warm) {
      const { context, page } = await warm;
      warm = undefined;
      const number = left--;
      if (number > 0) {
        warm = number > atOnce ? open() : undefined;
        await signIn(page, url);
        await context.storageState({ path: path.join(folder, `${number}.json`), indexedDB: true });
      }
      await context.close();
      if (!warm && left > 0) warm = open();
    }
  };
  const warmed = Array.from({ length: atOnce }, lane);
  const started = performance.now();
  await Promise.all(warmed);
  return (count / (performance.now() - started)) * 60_000;
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(`${url}/practice/sign-in`);
  await page.getByLabel("E-mail").fill("demo@practice.example");
  await page.getByLabel("Password").fill("correct-horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/practice/account`);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
}
