import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, type TestInfo } from "@playwright/test";

/**
 * Notes what the page complains about from now on, and answers with what looks at it in each theme and width: nothing for axe to
 * find, nothing that needs scrolling sideways, one h1, and no complaint, of which the Content-Security-Policy's are some.
 */
export function watchPage(page: Page) {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  return async (name: string, info: TestInfo) => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const where = `${name}-${width}-${colorScheme}`;
        await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", colorScheme);
        await page.evaluate(() =>
          Promise.all(
            document
              .getAnimations()
              .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY)
              .map((animation) => animation.finished.catch(() => {})),
          ),
        );
        // the newer mode opens a page beside this one for frames of other sites, which these pages do not have
        const axe = new AxeBuilder({ page }).setLegacyMode();
        // another theme has other colours and nothing else
        if (colorScheme === "dark") axe.withRules(["color-contrast"]);
        const { violations } = await axe.analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(" | ")}`);
        expect.soft(found, where).toEqual([]);
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(excess, `${where} scrolls sideways`).toBeLessThanOrEqual(0);
        await expect.soft(page.locator("h1"), where).toHaveCount(1);
        expect.soft(await page.evaluate(cutOff), `${where} cuts words off`).toEqual([]);
        await page.screenshot({ path: info.project.outputDir.concat(`/pages/${where}.png`), fullPage: true });
      }
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    const expected = name === "not-found" ? /status of 404/ : /^$/;
    expect.soft(complaints.filter((text) => !expected.test(text))).toEqual([]);
  };
}

/** Badges whose word does not fit. */
function cutOff(): (string | null)[] {
  const labels = [...document.querySelectorAll(".mantine-Badge-label, [data-tone][data-size]")];
  return labels.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ textContent }) => textContent);
}
