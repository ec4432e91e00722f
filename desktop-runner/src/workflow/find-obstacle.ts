import type { Page } from "playwright-core";
import type { PersonReason } from "./run-services.ts";

/** Frames that hold the puzzles of the known services, by a part of their address. */
const captchaFrames = [
  "/recaptcha/api2/bframe",
  "/recaptcha/enterprise/bframe",
  "/recaptcha/api2/anchor",
  "/recaptcha/enterprise/anchor",
  "hcaptcha.com/captcha/",
  "challenges.cloudflare.com/",
  "captcha-delivery.com/",
  "arkoselabs.com/",
  "funcaptcha.com/",
  ".token.awswaf.com/",
];
/** A page that does not answer has more wrong with it than this. */
const patienceMs = 2_000;

/**
 * What on this page only a person can get past: a CAPTCHA, or a field for a code that is sent to them. None of it is ever solved here.
 * Never throws; undefined also for a page that does not answer.
 */
export async function findObstacle(page: Page): Promise<PersonReason | undefined> {
  const look = async (): Promise<PersonReason | undefined> => {
    for (const frame of page.frames()) {
      if (frame === page.mainFrame() || !captchaFrames.some((part) => frame.url().includes(part))) continue;
      const element = await frame.frameElement();
      const box = await element.boundingBox();
      // most sites have an invisible one on every page, which asks nobody anything
      if (box && box.width >= 100 && box.height >= 40 && (await element.isVisible())) return "captcha";
    }
    const code = page.locator("input[autocomplete~=one-time-code]:visible");
    return (await code.count()) > 0 && (await code.first().inputValue()) === "" ? "code" : undefined;
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([look().catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
