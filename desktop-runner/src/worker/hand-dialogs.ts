import { randomUUID } from "node:crypto";
import type { HoldNews } from "@deskhand/shared/protocol/hold";
import type { Dialog } from "playwright-core";
import type { DialogRule } from "../workflow/run-services.ts";
import type { ShownAnswer } from "./page-dialogs.ts";

/** How long a person has for an answer: the page stands still meanwhile, and with it whoever else waits for it; milliseconds. */
const patienceMs = 60_000;

export type HandDialogs = {
  /** What the person is asked now. */
  readonly shown: HoldNews["asks"];
  /** Resolves with their answer, or undefined when there is none in time. `elsewhere`: the answer of whoever is asked the same besides. */
  ask(dialog: Dialog, elsewhere?: Promise<ShownAnswer | undefined>): Promise<ShownAnswer | undefined>;
  /** @returns whether it was still asked */
  answer(id: string, rule: DialogRule): boolean;
  /** The work's end, or `otherwise` as soon as a page asks something: it does nothing more until it is answered. */
  unlessAsked<T>(work: Promise<T>, otherwise: T): Promise<T>;
  /** The person is gone. */
  release(): void;
};

type Asked = { asks: NonNullable<HoldNews["asks"]>; settle(rule: ShownAnswer | undefined): void };

/** The dialogs of the pages that a person has, asked one after the other. */
export function createHandDialogs(onChange: () => void, waitMs = patienceMs): HandDialogs {
  const asked: Asked[] = [];
  const openings = new Set<() => void>();
  return {
    get shown() {
      return asked[0]?.asks ?? null;
    },
    async ask(dialog, elsewhere) {
      const { promise, resolve } = Promise.withResolvers<ShownAnswer | undefined>();
      const timer = setTimeout(() => one.settle(undefined), waitMs);
      timer.unref();
      const kind = dialog.type() as Asked["asks"]["kind"];
      const one: Asked = {
        asks: { id: randomUUID(), kind, message: dialog.message().slice(0, 2_000), value: dialog.defaultValue().slice(0, 1_000) },
        settle(rule) {
          clearTimeout(timer);
          const at = asked.indexOf(one);
          if (at >= 0) asked.splice(at, 1);
          resolve(rule);
          onChange();
        },
      };
      asked.push(one);
      void elsewhere?.then((answer) => answer && one.settle(answer));
      for (const open of openings) open();
      onChange();
      return promise;
    },
    answer(id, rule) {
      const one = asked.find(({ asks }) => asks.id === id);
      one?.settle(rule);
      return one !== undefined;
    },
    async unlessAsked<T>(work: Promise<T>, otherwise: T) {
      if (asked.length > 0) return otherwise;
      const { promise, resolve } = Promise.withResolvers<T>();
      const open = () => resolve(otherwise);
      openings.add(open);
      try {
        return await Promise.race([work, promise]);
      } finally {
        openings.delete(open);
      }
    },
    release() {
      for (const { settle } of [...asked]) settle(undefined);
    },
  };
}
