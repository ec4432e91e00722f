import type { StateCookie } from "./cookie.ts";

export type StateOrigin = {
  origin: string;
  localStorage: { name: string; value: string }[];
  /** As Playwright writes it; kept as it is. */
  indexedDB?: unknown[];
};

/** What of a profile's state can leave and enter: Playwright's storage state, without anything that others may have added to it. */
export type ProfileStateData = { cookies: StateCookie[]; origins: StateOrigin[] };

export const stateFormats = ["storage-state", "cookies-txt", "cookies-json"] as const;
export type StateFormat = (typeof stateFormats)[number];

/** What is wrong, and where: a line, or the path of an entry. Nothing of the content is in it. */
export type FormatProblem = { where: string; reason: string };

/** Everything or nothing: one problem, and nothing is read. */
export type ReadState =
  | { ok: true; format: StateFormat; state: ProfileStateData }
  | { ok: false; format: StateFormat | null; problems: FormatProblem[] /** Beyond those that are told. */; more: number };

/** Problems that are told at once. */
const maxProblems = 20;

export class Problems {
  readonly #problems: FormatProblem[] = [];
  #more = 0;

  add(where: string, reason: string): void {
    if (this.#problems.length < maxProblems) this.#problems.push({ where, reason });
    else this.#more++;
  }

  get any(): boolean {
    return this.#problems.length > 0;
  }

  end(format: StateFormat | null): ReadState {
    return { ok: false, format, problems: this.#problems, more: this.#more };
  }
}
