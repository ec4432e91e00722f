import { randomUUID } from "node:crypto";
import type { BrowserContext, CDPSession, Frame, Page } from "playwright-core";
import { frameIdOf } from "./frame-id.ts";
import type { Observed, PickMode } from "./observed.ts";
import { pickName, recorderScript, tellName } from "./recorder-script.ts";

export type AttachedScript = {
  /** In every document, also in those that come. */
  pick(mode: PickMode): Promise<void>;
  /** Resolves when every window and frame that is there by now has it. */
  settled(): Promise<void>;
  /** The documents have it still, and nobody hears it. */
  detach(): Promise<void>;
};

type Outside = { onObserved(page: Page, frame: Frame, observed: Observed): void; onNavigated(page: Page, frame: Frame): void };

/**
 * Puts the recorder's script into all documents of a context, in a world of its own: the page sees neither it nor the way by which it tells.
 * A frame of another site lives in a process of its own and needs a session of its own.
 */
export async function attachScript(context: BrowserContext, outside: Outside): Promise<AttachedScript> {
  // another name each time: what an earlier one left in a document must not be heard twice
  const worldName = `deskhand ${randomUUID()}`;
  const source = recorderScript();
  const sessions = new Map<Page | Frame, CDPSession>();
  /** The script's worlds in each session, with the frames that they are in. */
  const worlds = new Map<CDPSession, Map<number, string>>();
  const leaving: (() => void)[] = [];
  const pending = new Set<Promise<void>>();
  let mode: PickMode = "";

  /** A window that closes meanwhile has nothing more to tell. */
  function soon(work: Promise<void>): void {
    const settled = work.catch(() => {}).finally(() => pending.delete(settled));
    pending.add(settled);
  }

  async function equip(of: Page | Frame, page: Page): Promise<void> {
    const known = sessions.get(of);
    if (known && (await known.send("Page.getFrameTree").catch(() => null))) return;
    // a frame of the same process has none, and what its page has is enough
    const session = await context.newCDPSession(of).catch(() => null);
    if (!session) return;
    const ids = new Map<number, string>();
    sessions.set(of, session);
    worlds.set(session, ids);
    session.on("Runtime.executionContextCreated", ({ context: made }) => {
      if (made.name === worldName) ids.set(made.id, (made.auxData as { frameId: string }).frameId);
    });
    session.on("Runtime.executionContextDestroyed", ({ executionContextId }) => ids.delete(executionContextId));
    session.on("Runtime.bindingCalled", ({ name, payload, executionContextId }) => {
      const frameId = ids.get(executionContextId);
      if (name !== tellName || frameId === undefined) return;
      const observed = JSON.parse(payload) as Observed;
      if (observed.kind === "ready") return void (mode !== "" && pickIn(session, executionContextId));
      const frame = page.frames().find((one) => frameIdOf(one) === frameId);
      if (frame) outside.onObserved(page, frame, observed);
    });
    await session.send("Runtime.enable");
    await session.send("Runtime.addBinding", { name: tellName, executionContextName: worldName });
    await session.send("Page.enable");
    await session.send("Page.addScriptToEvaluateOnNewDocument", { source, worldName, runImmediately: true });
  }

  const pickIn = (session: CDPSession, contextId: number) =>
    session.send("Runtime.evaluate", { contextId, expression: `globalThis.${pickName}?.(${JSON.stringify(mode)})` }).then(
      () => {},
      () => {},
    );

  async function watch(page: Page): Promise<void> {
    const onNavigated = (frame: Frame) => {
      outside.onNavigated(page, frame);
      if (frame !== page.mainFrame()) soon(equip(frame, page));
    };
    page.on("framenavigated", onNavigated);
    leaving.push(() => page.off("framenavigated", onNavigated));
    await equip(page, page).catch(() => {});
    for (const frame of page.frames()) if (frame !== page.mainFrame()) await equip(frame, page).catch(() => {});
  }
  const onPage = (page: Page) => soon(watch(page));
  context.on("page", onPage);
  await Promise.all(context.pages().map(watch));

  return {
    async pick(wanted) {
      mode = wanted;
      await Promise.all([...worlds].flatMap(([session, ids]) => [...ids.keys()].map((id) => pickIn(session, id))));
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
    async detach() {
      context.off("page", onPage);
      for (const leave of leaving) leave();
      await Promise.all([...sessions.values()].map((session) => session.detach().catch(() => {})));
    },
  };
}
