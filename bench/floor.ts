import { type Browser, chromium } from "playwright-core";

/** The practice sign-in as a bare Playwright script: what the product's way of doing it is measured against. */
async function signIn(browser: Browser, url: string): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto(`${url}/practice/sign-in`);
  await page.getByLabel("E-mail").fill("demo@practice.example");
  await page.getByLabel("Password").fill("correct-horse");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/practice/account`);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await context.close();
}

export async function launchBare(executablePath: string): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath, args: [...asRoot, "--disable-gpu"] });
}

/** Runs a minute of `count` sign-ins with `atOnce` under way. */
export async function bareRunsPerMinute(browser: Browser, url: string, count: number, atOnce: number): Promise<number> {
  let left = count;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await signIn(browser, url);
    }),
  );
  return (count / (performance.now() - started)) * 60_000;
}
