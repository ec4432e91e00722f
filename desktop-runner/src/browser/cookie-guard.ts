import type { BrowserContext } from "playwright-core";
import { networkProcess } from "./network-process.ts";
import type { StorageState } from "./state-files.ts";

type Cookies = StorageState["cookies"];

export type CookieGuard = {
  /** The profile's cookies, given what the context holds now: those too that were lost with the browser's network process. */
  check(now: Cookies): Promise<Cookies>;
};

/**
 * When the browser's network process dies, the browser starts another and goes on, and every context has lost its cookies. That must
 * neither sign the run out nor push a good state out: the cookies that were there before are kept and given back. `onLost` is told.
 */
export function guardCookies(context: BrowserContext, initial: Cookies, onLost: () => void): CookieGuard {
  const browser = context.browser();
  let known = initial;
  // not waited for: nothing depends on it until a cookie is missing
  let process = browser ? networkProcess(browser) : Promise.resolve(undefined);
  return {
    check: async (now) => {
      const there = new Set(now.map(nameOf));
      const missing = known.filter((cookie) => !there.has(nameOf(cookie)) && !hasExpired(cookie));
      known = now;
      if (missing.length === 0 || !browser) return now;
      // a page may remove its cookies; all of them at once, in a new process, are lost
      const [before, after] = await Promise.all([process, networkProcess(browser)]);
      if (before === undefined || after === undefined || before === after) return now;
      process = Promise.resolve(after);
      await context.addCookies(missing).catch(() => {}); // the context is closing: the state has them all the same
      known = [...now, ...missing];
      onLost();
      return known;
    },
  };
}

function nameOf({ name, domain, path }: Cookies[number]): string {
  return `${name} ${domain} ${path}`;
}

function hasExpired({ expires }: Cookies[number]): boolean {
  return expires >= 0 && expires * 1000 <= Date.now();
}
