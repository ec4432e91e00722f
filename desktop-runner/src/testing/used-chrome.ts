import { chromium, type Page } from "playwright-core";

/** The folder of a Chrome that a person has used like this, and closed. It may have been used before. */
export async function useChrome(executablePath: string, folder: string, use: (page: Page) => Promise<unknown>): Promise<string> {
  const context = await chromium.launchPersistentContext(folder, { executablePath, headless: true, args: ["--no-sandbox"] });
  await use(await context.newPage());
  await context.close();
  return folder;
}
