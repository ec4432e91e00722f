import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import type { BrowserContext } from "playwright-core";
import { shapeOf } from "../browser/context-shape.ts";
import type { StateTracker } from "../browser/profile-state.ts";
import { type LoadedState, loadProfileState, lockProfile, type ProfileLock, type StorageState } from "../browser/profile-store.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import { generalFailure, StepFailure } from "../workflow/step-failure.ts";
import { leaveThrough } from "./leave-through.ts";
import type { SessionEvent, SessionOrder, WorkerRunEvent } from "./messages.ts";
import { type Engines, type OpenedProfile, openProfile } from "./open-profile.ts";
import { createRunPolicy } from "./run-policy.ts";
import { createStateSaver, type StateSaver } from "./state-saver.ts";

export type ProfileSession = {
  /** Saves the state and closes it. */
  close(): void;
  setPolicy(policy: NetworkPolicy): void;
  /** Settles when `closed` was sent and everything of it is closed; never rejects. */
  done: Promise<void>;
};

/** The state of a profile that somebody uses is looked at so often, milliseconds. */
const saveEveryMs = 5_000;

/** What has gone over its proxy is told so often, milliseconds. */
const countEveryMs = 30_000;

/** Of the pages that are opened again. */
const mostPages = 20;
const mostUrlLength = 8_000;

/** Holds a profile open without a workflow, in a window or not, until it is told to close or the person closes the window. */
export function startProfileSession(order: SessionOrder, engines: Engines, send: (event: SessionEvent) => void): ProfileSession {
  const { promise: asked, resolve: close } = Promise.withResolvers<void>();
  const policy = createRunPolicy(order.policy, (event) => passOn(event, send));
  const over = new AbortController();
  const done = (async () => {
    let leave: (() => void) | undefined;
    let counting: NodeJS.Timeout | undefined;
    let lock: ProfileLock | undefined;
    let profile: OpenedProfile | undefined;
    let end: SessionEvent = { kind: "closed" };
    try {
      lock = await lockProfile(order.profileDir);
      if (!lock) throw new StepFailure("PROFILE_BUSY");
      const loaded = await readState(order.profileDir, send);
      const { profileDir, settings, window } = order;
      const whole = order.conversion === "shared";
      const shape = shapeOf({ steps: [] }, settings);
      profile = await openProfile(engines, { profileDir, settings, shape, window, trace: false, whole, loaded });
      if (order.conversion) await bringOver(profile, loaded, { order, send });
      else {
        leave = await leaveThrough(order, profile.prepared.gate, { log: noLog, signal: over.signal, send: (event) => passOn(event, send) });
        counting = setInterval(leave, countEveryMs);
        end = { kind: "closed", urls: await hold(profile, loaded, { order, policy, send, asked }) };
      }
    } catch (error) {
      const { code } = generalFailure(error, 0);
      end = { kind: "closed", code, message: describeRunFailure(code).title };
    }
    over.abort();
    clearInterval(counting);
    leave?.();
    await profile?.close().catch(() => {});
    await lock?.release().catch(() => {});
    policy.finish();
    send(end);
  })();
  return { close, setPolicy: policy.set, done };
}

/** What happens in it is the person's own business. */
const noLog = { write: () => {}, console: () => {}, finish: async () => {} };

type Held = {
  order: SessionOrder;
  policy: ReturnType<typeof createRunPolicy>;
  send: (event: SessionEvent) => void;
  /** Resolves when it is to close. */
  asked: Promise<void>;
};

/** @returns the pages that were open at its end */
async function hold(profile: OpenedProfile, { state }: LoadedState, { order, policy, send, asked }: Held): Promise<string[]> {
  const { context } = profile.prepared;
  const gone = new Promise<void>((resolve) => context.once("close", () => resolve()));
  policy.guard(profile.prepared, { log: noLog, abort: () => {}, step: () => null });
  const tracker = await profile.restore(() => {});
  const saver = saverOf(profile, { tracker, before: state, order, send });
  let urls = order.urls;
  const saving = setInterval(() => {
    urls = pagesOf(context);
    saver.changed();
  }, saveEveryMs);
  try {
    await goTo(profile.prepared, order.urls);
    send({ kind: "opened" });
    // of a browser that is gone, what was open at the last look
    await Promise.race([asked.then(() => (urls = pagesOf(context))), gone]);
    return urls;
  } finally {
    clearInterval(saving);
    // a window that the person closed has taken its context along: what was saved last is what there is, and the folder has the rest
    await Promise.race([saver.saveNow().catch(() => {}), gone]);
  }
}

/** What cannot be reached is no reason not to open the rest. */
async function goTo({ context, page }: OpenedProfile["prepared"], urls: readonly string[]): Promise<void> {
  const pages = await Promise.all(urls.map((_url, index) => (index === 0 ? page : context.newPage())));
  await Promise.all(pages.map((one, index) => one.goto(urls[index] ?? "about:blank", { waitUntil: "domcontentloaded" }).catch(() => {})));
}

/** The addresses of the open pages that can be gone back to, in the order in which they were opened. */
function pagesOf(context: BrowserContext): string[] {
  const urls = context.pages().map((page) => page.url());
  return urls.filter((url) => /^https?:/.test(url) && url.length <= mostUrlLength).slice(0, mostPages);
}

/** Saves what the profile's folder holds, with its gate closed. @throws StepFailure; errors of the disk */
async function bringOver(profile: OpenedProfile, { state }: LoadedState, { order, send }: Pick<Held, "order" | "send">): Promise<void> {
  const { context } = profile.prepared;
  const gone = new Promise<never>((_, reject) => context.once("close", () => reject(new StepFailure("BROWSER_CRASHED"))));
  gone.catch(() => {});
  const bring = async () => {
    const tracker = await profile.restore(() => {});
    const kinds = await profile.visitAll();
    if (kinds.size > 0) send({ kind: "profile-flags", flags: [...kinds] });
    await saverOf(profile, { tracker, before: state, order, send }).saveNow();
  };
  await Promise.race([bring(), gone]);
  send({ kind: "opened" });
}

type Saved = Pick<Held, "order" | "send"> & { tracker: StateTracker; before: StorageState | undefined };

function saverOf(profile: OpenedProfile, { tracker, before, order, send }: Saved): StateSaver {
  return createStateSaver({
    profileDir: order.profileDir,
    tracker,
    before,
    onSaved: async ({ version, bytes }) => {
      await profile.onSaved(version);
      send({ kind: "saved", bytes, at: Date.now() });
    },
    onUnsaved: (flags) => send({ kind: "profile-flags", flags }),
    onFailed: () => {},
  });
}

async function readState(profileDir: string, send: (event: SessionEvent) => void): Promise<LoadedState> {
  const loaded = await loadProfileState(profileDir);
  if (loaded.lost) throw new StepFailure("PROFILE_STATE_CORRUPT");
  if (loaded.restored) send({ kind: "profile-restored", savedAt: loaded.savedAt });
  return loaded;
}

function passOn(event: WorkerRunEvent, send: (event: SessionEvent) => void): void {
  if (event.kind === "refused" || event.kind === "proxy-failed" || event.kind === "proxy-exit" || event.kind === "proxy-used") send(event);
}
