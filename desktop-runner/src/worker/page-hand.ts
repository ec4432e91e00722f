import type { RecordAct } from "@deskhand/shared/protocol/recorded";
import type { TrialAct } from "@deskhand/shared/protocol/trial";
import type { BrowserContext, Dialog, FileChooser, Page } from "playwright-core";
import type { HoldAct } from "../holds/run-holds.ts";
import type { DialogRule } from "../workflow/run-services.ts";
import { messageOf } from "../workflow/step-failure.ts";
import { createHandDialogs } from "./hand-dialogs.ts";
import { createHandFiles } from "./hand-files.ts";
import type { HoldNewsFacts } from "./messages.ts";
import type { ShownAnswer } from "./page-dialogs.ts";

type News = Omit<HoldNewsFacts, "isWaiting">;

export type PageHand = {
  begin(tell: (news: News) => void): void;
  /** Does these one after the other. What the page does not take is passed over: a person sees that nothing happened. */
  act(acts: readonly HoldAct[]): Promise<void>;
  /**
   * Asks the person what a dialog is answered with; undefined where nobody has the page, or nobody answers. `elsewhere`: the answer of whoever
   * has it in a window.
   */
  ask(dialog: Dialog, elsewhere?: Promise<ShownAnswer | undefined>): Promise<ShownAnswer | undefined>;
  /** Lets go of what is held down, and of the page. */
  end(): Promise<void>;
};

type Outside = {
  /** Shows this one in the live view from here on. */
  show(page: Page): void;
  /** The person did something that sites may remember. */
  onActed(): void;
  onBegin(): void;
  /** The person goes to an address by themselves; undefined for back, forward and again. */
  onGo(page: Page, url: string | undefined): void;
  /** Why an address was not opened, in words. */
  explain(error: unknown, url: string): string;
  /** A dialog was answered by the person. */
  onAnswered(dialog: Dialog, rule: DialogRule): void;
  onRecordAct(act: RecordAct): Promise<void>;
  onTrialAct(act: TrialAct): Promise<void>;
  onEnd(): Promise<void>;
  hasTouch: boolean;
};

/** How often the tabs are looked at, for a title that changed by itself; milliseconds. */
const lookMs = 1_000;
/** A page that does not answer must not keep what comes after; milliseconds. */
const patienceMs = 5_000;

/** A person's mouse, keyboard and fingers on a run's pages. A page that opens another shows that one. */
export function createPageHand(context: BrowserContext, first: Page, outside: Outside): PageHand {
  let page = first;
  let tell: ((news: News) => void) | undefined;
  let dialog: string | null = null;
  let trouble: string | null = null;
  /** How often they have gone to an address. */
  let going = 0;
  let timer: NodeJS.Timeout | undefined;
  let told = "";
  const dialogs = createHandDialogs(() => void look());
  const say = (words: string | null) => {
    trouble = words;
    void look();
  };
  const files = createHandFiles(() => void look(), say);
  const forgetSaid = () => {
    dialog = null;
    trouble = null;
  };
  const titles = new WeakMap<Page, string>();
  /** What is let go while a dialog is open: the page takes nothing then. */
  let later: HoldAct[] = [];
  const keys = new Set<string>();
  const buttons = new Set<"left" | "middle" | "right">();

  const titleOf = async (tab: Page) => {
    const known = titles.get(tab) ?? "";
    // a page with a dialog answers nothing else
    const title = dialogs.shown ? known : (await dialogs.unlessAsked(soon(tab.title(), ""), known)).slice(0, 300);
    titles.set(tab, title);
    return title;
  };
  const look = async () => {
    const pages = context.pages();
    const tabs = await Promise.all(pages.map(async (tab) => ({ url: tab.url().slice(0, 2_000), title: await titleOf(tab) })));
    const news: News = {
      tabs,
      shown: Math.max(0, pages.indexOf(page)),
      chooser: files.asked,
      dialog,
      asks: dialogs.shown,
      trouble,
    };
    const text = JSON.stringify(news);
    if (!tell || text === told) return;
    told = text;
    tell(news);
  };
  const show = (next: Page) => {
    page = next;
    outside.show(next);
    void look();
  };
  const onChooser = (chooser: FileChooser) => files.offer(chooser);
  const onDialog = (shown: Dialog) => {
    dialog = shown.message().slice(0, 500);
    void look();
  };
  const onClose = (closed: Page) => {
    const other = context.pages().at(-1);
    if (closed === page && other) show(other);
  };
  const watch = (next: Page) => {
    next.on("filechooser", onChooser);
    next.on("close", onClose);
  };
  const onPage = (next: Page) => {
    watch(next);
    show(next);
  };

  async function doOne(act: HoldAct): Promise<void> {
    const { mouse, keyboard, touchscreen } = page;
    switch (act.t) {
      case "move":
        return mouse.move(act.x, act.y);
      case "down":
        forgetSaid();
        buttons.add(act.button);
        await mouse.move(act.x, act.y);
        return mouse.down({ button: act.button, clickCount: act.clicks });
      case "up":
        buttons.delete(act.button);
        await mouse.move(act.x, act.y);
        return mouse.up({ button: act.button, clickCount: act.clicks });
      case "wheel":
        await mouse.move(act.x, act.y);
        return mouse.wheel(act.dx, act.dy);
      case "tap":
        forgetSaid();
        if (outside.hasTouch) return touchscreen.tap(act.x, act.y);
        return mouse.click(act.x, act.y);
      case "key-down":
        return press(act);
      case "key-up":
        if (keys.delete(keyOf(act))) await keyboard.up(keyOf(act));
        return;
      case "text":
        return keyboard.insertText(act.text);
      case "go":
        return void go(act.to);
      case "tab": {
        const tab = context.pages()[act.index];
        if (tab) show(tab);
        return;
      }
      case "dialog":
        dialogs.answer(act.dialogId, { accept: act.accept, ...(act.text !== undefined && { text: act.text }) });
        return;
      case "file":
        return files.take(act);
      case "record":
        return outside.onRecordAct(act.act);
      case "trial":
        return outside.onTrialAct(act.act);
      case "no-file":
        return files.forget(act.chooserId);
    }
  }

  async function press(act: { key: string; code: string }): Promise<void> {
    const key = keyOf(act);
    try {
      await page.keyboard.down(key);
      keys.add(key);
    } catch (error) {
      // a letter that the keyboard of the browser does not have is still a letter
      if ([...act.key].length !== 1) throw error;
      await page.keyboard.insertText(act.key);
    }
  }

  /** Not waited for: the person sees the page load, or is told why it does not. */
  function go(to: string): void {
    const mine = ++going;
    trouble = null;
    const options = { waitUntil: "commit", timeout: 30_000 } as const;
    const moves = { back: () => page.goBack(options), forward: () => page.goForward(options), reload: () => page.reload(options) };
    outside.onGo(page, URL.canParse(to) ? to : undefined);
    const move = to === "back" || to === "forward" || to === "reload" ? moves[to]() : page.goto(to, options);
    const target = URL.canParse(to) ? to : page.url();
    move
      .catch((error: unknown) => {
        // what led elsewhere meanwhile, and what became a download, has not failed
        if (mine === going && !/interrupted by another navigation|ERR_ABORTED/.test(messageOf(error)))
          trouble = outside.explain(error, target);
      })
      .finally(() => void look());
  }

  return {
    begin(listener) {
      tell = listener;
      outside.onBegin();
      told = "";
      if (page.isClosed()) page = context.pages().at(-1) ?? page;
      for (const open of context.pages()) watch(open);
      context.on("page", onPage);
      context.on("dialog", onDialog);
      timer = setInterval(() => {
        // told again though it is the same: what is volatile may have been lost, and nothing else may come
        told = "";
        void look();
      }, lookMs);
      show(page);
    },
    async act(acts) {
      for (const act of acts) {
        if (dialogs.shown && !isBesideThePage(act)) {
          if (act.t === "up" || act.t === "key-up") later.push(act);
          continue;
        }
        if (!dialogs.shown) for (const left of later.splice(0)) await soon(doOne(left), undefined);
        // what has a dialog open ends with it, and its answer comes after this
        const done = soon(doOne(act), undefined);
        await (isBesideThePage(act) ? done : dialogs.unlessAsked(done, undefined));
      }
      outside.onActed();
    },
    async ask(shown, elsewhere) {
      const rule = (tell && (await dialogs.ask(shown, elsewhere))) ?? (await elsewhere);
      if (!rule) return undefined;
      dialog = null;
      outside.onAnswered(shown, rule);
      return rule;
    },
    async end() {
      if (!tell) return;
      tell = undefined;
      dialogs.release();
      later = [];
      clearInterval(timer);
      files.forget();
      context.off("page", onPage);
      context.off("dialog", onDialog);
      for (const open of context.pages()) {
        open.off("filechooser", onChooser);
        open.off("close", onClose);
      }
      for (const key of keys) await soon(page.keyboard.up(key), undefined);
      for (const button of buttons) await soon(page.mouse.up({ button }), undefined);
      keys.clear();
      buttons.clear();
      await outside.onEnd();
    },
  };
}

/** What can be done while a dialog of the page is open. */
function isBesideThePage({ t }: HoldAct): boolean {
  return t === "dialog" || t === "record" || t === "trial" || t === "tab";
}

/** Playwright knows letters as they are, and everything else by the names of KeyboardEvent. */
function keyOf({ key, code }: { key: string; code: string }): string {
  if (key === " ") return "Space";
  // with AltGr or a dead key the code says which key it was
  return key === "Dead" || key === "Unidentified" ? code : key;
}

/** The promise's own end, or `otherwise` when it fails or takes too long. */
async function soon<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), patienceMs);
  });
  try {
    return await Promise.race([work.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}
