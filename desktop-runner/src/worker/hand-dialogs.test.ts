import type { Dialog } from "playwright-core";
import { expect, it } from "vitest";
import { createHandDialogs } from "./hand-dialogs.ts";

const dialog = (message: string) => ({ type: () => "confirm", message: () => message, defaultValue: () => "" }) as Dialog;

it("asks one after the other, and takes no answer for what is over", async () => {
  const shown: (string | undefined)[] = [];
  const dialogs = createHandDialogs(() => shown.push(dialogs.shown?.message));
  const [one, two] = [dialogs.ask(dialog("one")), dialogs.ask(dialog("two"))];
  const { id = "" } = dialogs.shown ?? {};
  expect([dialogs.answer(id, { accept: false }), dialogs.answer(id, { accept: true })]).toEqual([true, false]);
  expect(await one).toEqual({ accept: false });
  dialogs.release();
  expect(await two).toBeUndefined();
  expect(shown).toEqual(["one", "one", "two", undefined]);
});

it("goes on without an answer after a while, and has what waits for the page go on at once", async () => {
  const dialogs = createHandDialogs(() => {}, 1);
  const work = dialogs.unlessAsked(new Promise<string>(() => {}), "asked");
  const asked = dialogs.ask(dialog("one"));
  expect(await work).toBe("asked");
  expect(await dialogs.unlessAsked(Promise.resolve("done"), "asked")).toBe("asked");
  expect(await asked).toBeUndefined();
  expect(await dialogs.unlessAsked(Promise.resolve("done"), "asked")).toBe("done");
});
