import type { HttpParameters } from "@deskhand/shared/schemas/custom-step-parameters";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import type { Frame, Page } from "playwright-core";

/** What a request is sent with; everything of it has its values. */
export type HttpRequest = Pick<HttpParameters, "method" | "url" | "headers" | "body">;
export type HttpAnswer = { status: number; headers: Record<string, string>; body: unknown };

export type KeptDownload = { name: string; bytes: number; sha256: string };

export type PersonReason = "step" | "captcha" | "code" | "record" | "trial";
export type PersonAnswer = "done" | "timeout";

/** What did not lead to an element, and why. */
export type TriedSelector = { selector: string; why: string };

/** Where an element was looked for in vain. */
export type FailedSearch = { page: Page; frame: Frame; selectors: Selectors; tried: TriedSelector[] };

/** How a dialog of a page is answered. `text` is for a prompt; what the page suggests when absent. */
export type DialogRule = { accept: boolean; text?: string };

/** What steps reach beyond the browser; a step whose service is missing fails and says so. */
export type RunServices = {
  /** Other workflows by the hash of their content, verified already. */
  workflows?: ReadonlyMap<string, Recording>;
  /** By the way that the browser takes, under the runner's policy. Redirects are followed. @throws StepFailure, and errors of Node */
  request?(request: HttpRequest, limits: { timeoutMs: number; signal: AbortSignal }): Promise<HttpAnswer>;
  downloads?: {
    /** Has the page's next download kept under this name rather than under the page's own; `kept` settles when it is on the disk. */
    next(page: Page, name: string): { begun: Promise<void>; kept: Promise<KeptDownload>; release(): void };
    /** Where what was kept under that name lies. */
    find(name: string): string | undefined;
  };
  /** Tells that a step begins, with how dialogs are answered from then on (undefined: as usual), and that it has ended. */
  dialogs?: { begin(rule: DialogRule | undefined): void; end(): void };
  /** What the runner's policy lets runs do beyond the browser; what is refused is recorded. @throws StepFailure POLICY_DENIED */
  allow?(what: "code" | "files"): void;
  /** Pauses the run until a person says that it may go on, or the time is over. */
  waitForPerson?(index: number, ask: { reason: PersonReason; timeoutMs: number; signal: AbortSignal }): Promise<PersonAnswer>;
  /** What on the page only a person can get past; looked for when a step failed. */
  findObstacle?(page: Page): Promise<PersonReason | undefined>;
  /** While a person has the page, no step is begun, and one that fails under their hands is done again. */
  hold?: { readonly count: number; readonly isOn: boolean; whenFree(onWaiting: () => void): Promise<void> };
  /** Which of a step's alternatives led to its element last time; 0 when nothing is known. */
  selectors?: { recall(index: number): number; remember(index: number, alternative: number): void };
  /** Keeps what somebody needs to give a step another selector. Never throws. */
  onNotFound?(index: number, search: FailedSearch): Promise<void>;
  /** The profile's one-time code of this moment. @throws StepFailure */
  code?(): string;
  /** A value that must not be shown from now on. */
  onSecret?(value: string): void;
};
