import { type Look, type PlaceToLook, type Probe, probePage } from "./probe-page.ts";

/** How often the page is looked at; milliseconds. */
const everyMs = 400;

/** Looks again and again for what a person looks for, while they do. */
export function createLookout(outside: { /** Undefined while the page is busy. */ page(): PlaceToLook | undefined; onSeen(): void }) {
  let look: Look | null = null;
  let seen: Probe | null = null;
  let isOn = false;
  let turn = 0;
  let timer: NodeJS.Timeout | undefined;

  const lookNow = async () => {
    clearTimeout(timer);
    const mine = ++turn;
    const place = outside.page();
    if (look && !isOn) return;
    const now = look && place ? await probePage(look, place) : look ? seen : null;
    // something else is looked for by now
    if (mine !== turn) return;
    const isNews = JSON.stringify(now) !== JSON.stringify(seen);
    seen = now;
    if (isNews) outside.onSeen();
    if (look && isOn) timer = setTimeout(() => void lookNow(), everyMs);
  };
  return {
    get seen() {
      return seen;
    },
    lookFor(wanted: Look | null) {
      look = wanted;
      seen = null;
      void lookNow();
    },
    begin() {
      isOn = true;
      void lookNow();
    },
    end() {
      isOn = false;
      turn++;
      clearTimeout(timer);
    },
  };
}
