import { TRIAL_DOCUMENT_MAX_LENGTH, type TrialAct, type TrialNews } from "@deskhand/shared/protocol/trial";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { useEffect, useRef } from "react";
import { notifyError } from "@/components/notify";
import type { Hold } from "@/features/run/use-hold";
import { type EditorDocument, visitSteps, writeDocument } from "@/features/workflow-editor/model/document";
import { readSelectors } from "@/features/workflow-editor/model/selector-kinds";
import { WordedError } from "@/trpc/worded-error";
import type { TrialActs, TrialLook, TrialState, TrialStore } from "./trial-store.ts";

type Session = {
  hold: Hold;
  news: TrialNews | null;
  document: EditorDocument;
  store: TrialStore /** it begins there */;
  from: string | null /** It stands before that step. */;
  onStand: (id: string) => void;
};

/** What was sent last: steps are told by their numbers in it. */
type Sent = { revision: number; document: EditorDocument; ids: string[] };

const tooLarge = "The draft is too large to be tried step by step.";

/** Keeps the store in step with the runner, and passes on what the person wants of the draft. */
export function useTrialSession({ hold, news, document, store, from, onStand }: Session): void {
  const latest = useRef({ hold, document, onStand });
  latest.current = { hold, document, onStand };
  const sent = useRef<Sent[]>([]);
  const shown = useRef<TrialLook | null>(null);
  /** Results from before the draft got other steps. */
  const base = useRef<TrialState["results"]>(new Map());
  const isMine = hold.isMine;

  const say = (act: TrialAct) => latest.current.hold.add({ t: "trial", act });

  /** The draft as it is now, and the numbers of its steps. False when it cannot be sent. */
  const send = (): Sent | null => {
    const { document: now } = latest.current;
    const last = sent.current.at(-1);
    if (last?.document === now) return last;
    const text = JSON.stringify(writeDocument(now));
    if (text.length > TRIAL_DOCUMENT_MAX_LENGTH) {
      notifyError(new WordedError({ title: tooLarge, whatToDo: "Run it as a whole." }));
      return null;
    }
    const ids = visitSteps(now).map(({ id }) => id);
    const at = ids.indexOf(store.get()?.nextId ?? "");
    const mine = { revision: (last?.revision ?? 0) + 1, document: now, ids };
    const isOther = last === undefined || last.ids.join() !== ids.join();
    if (isOther) base.current = store.get()?.results ?? new Map();
    // a few are enough: news come of the last one, or of the one before it
    sent.current = [...sent.current.slice(-4), mine];
    say({ do: "load", revision: mine.revision, document: text, next: at < 0 ? (store.get()?.nextId === null ? null : 0) : at });
    return mine;
  };

  const run = (
    wanted: (at: { next: number | null; of: (id: string) => number }) => { from: number | null; to: "next" | "end" | number },
  ) => {
    const state = store.get();
    const now = send();
    if (!now || !state) return;
    const next = state.nextId === null ? null : now.ids.indexOf(state.nextId);
    const order = wanted({ next: next === -1 ? 0 : next, of: (id) => now.ids.indexOf(id) });
    if (order.from === 0) base.current = new Map();
    say({ do: "run", ...order });
  };

  const acts = useRef<TrialActs>(null);
  acts.current ??= {
    next: () => run(({ next }) => ({ from: next ?? 0, to: "next" })),
    toEnd: () => run(({ next }) => ({ from: next ?? 0, to: "end" })),
    startOver: () => run(() => ({ from: 0, to: 0 })),
    runTo: (id) => run(({ next, of }) => ({ from: next === null || of(id) < next ? 0 : next, to: of(id) })),
    runOne: (id) => run(({ of }) => ({ from: of(id), to: "next" })),
    runFrom: (id) => run(({ of }) => ({ from: of(id), to: "end" })),
    stop: () => say({ do: "stop" }),
    look: (look) => {
      if (JSON.stringify(look) === JSON.stringify(shown.current)) return;
      shown.current = look;
      const state = store.get();
      if (state) store.set({ ...state, path: look?.path ?? null, probe: null });
      say({ do: "probe", look: look && probeOf(look) });
    },
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page was taken
  useEffect(() => {
    if (!isMine) return;
    const ids = visitSteps(latest.current.document).map(({ id }) => id);
    const begin = from !== null && ids.includes(from) ? from : (ids[0] ?? null);
    if (begin !== null) onStand(begin);
    store.set({
      isRunning: false,
      nextId: begin,
      note: null,
      results: new Map(),
      probe: null,
      path: null,
      acts: acts.current as TrialActs,
    });
    send();
    say({ do: "tell" });
    return () => store.set(null);
  }, [isMine]);

  useEffect(() => {
    const state = store.get();
    const of = sent.current.find(({ revision }) => revision === news?.document);
    if (!news || !state || !of) return;
    const results = new Map(base.current);
    for (const step of news.steps) {
      const id = of.ids[step.index];
      if (id !== undefined) results.set(id, step);
    }
    const isLast = of === sent.current.at(-1);
    const nextId = !isLast ? state.nextId : news.next === null ? null : (of.ids[news.next] ?? null);
    const began = state.isRunning || state.nextId !== nextId;
    store.set({
      ...state,
      isRunning: news.isRunning,
      note: news.note,
      results,
      // of an older draft it is a number of other steps
      nextId,
      probe: shown.current ? news.probe : null,
    });
    if (began && !news.isRunning && nextId !== null) latest.current.onStand(nextId);
  }, [news, store]);
}

function probeOf({ selectors, frame, target }: TrialLook): Extract<TrialAct, { do: "probe" }>["look"] {
  return {
    selectors: readSelectors(selectors) as (string | string[])[],
    ...(Array.isArray(frame) && frame.every((at) => typeof at === "number") && { frame }),
    ...(typeof target === "string" && { target }),
  };
}

/** A run that a person tries a draft in is used from the editor alone. */
export function isReady(run: Pick<RunDetail, "state" | "waiting" | "held"> | undefined): boolean {
  return run?.state === "running" && run.waiting?.reason === "trial" && run.held === null;
}
