import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Consent } from "../backup/setup/sign-in.ts";
import { PageError } from "./page-error.ts";
import type { CloudSignInView } from "./view.ts";

/** How long a question may stay open at the vendor, and what came of it without being used, milliseconds. */
const lifeMs = 20 * 60_000;

export type CloudApp = { kind: "google-drive"; clientId: string; clientSecret: string } | { kind: "dropbox"; clientId: string };
type Credentials = { clientId: string; clientSecret?: string; refreshToken: string };
type Current = { app: CloudApp; state: Buffer; consent: Consent; view: CloudSignInView; refreshToken?: string };

const names = { "google-drive": "Google", dropbox: "Dropbox" };

/**
 * Signing in to a vendor's storage from the page. The question is asked at the vendor in the owner's own browser; what comes of it stays in
 * this process until a backup is set up with it.
 */
export class CloudSignIn {
  readonly #redirectUri: string;
  readonly #onChange: () => void;
  #current: Current | undefined;
  #late: NodeJS.Timeout | undefined;

  /** @param redirectUri where Google sends the browser when the owner has decided */
  constructor(redirectUri: string, onChange: () => void) {
    this.#redirectUri = redirectUri;
    this.#onChange = onChange;
  }

  get view(): CloudSignInView | null {
    return this.#current?.view ?? null;
  }

  /** Takes the place of one that was begun before. */
  async begin(app: CloudApp): Promise<void> {
    const { askDropbox, askGoogle } = await import("../backup/setup/sign-in.ts");
    const state = randomBytes(32);
    const consent = app.kind === "dropbox" ? askDropbox(app.clientId) : askGoogle(app, this.#redirectUri, state.toString("base64url"));
    this.forget();
    this.#current = { app, state, consent, view: { kind: app.kind, state: "asked", address: consent.address } };
    this.#late = setTimeout(() => this.forget(), lifeMs).unref();
    this.#onChange();
  }

  forget(): void {
    clearTimeout(this.#late);
    if (!this.#current) return;
    this.#current = undefined;
    this.#onChange();
  }

  /** The owner's browser comes back from Google. Only who has the state that was given along is taken at their word, once. */
  async arrive(query: URLSearchParams): Promise<"signed-in" | "failed"> {
    const current = this.#current;
    const given = Buffer.from(query.get("state") ?? "", "base64url");
    const isOurs = current?.view.state === "asked" && current.app.kind === "google-drive" && given.length === current.state.length;
    if (!current || !isOurs || !timingSafeEqual(given, current.state)) return "failed";
    const code = query.get("code");
    if (code) return this.#finish(current, code);
    this.#tell(current, { kind: current.app.kind, state: "failed", failure: "It was not allowed at Google. Begin again when it may be." });
    return "failed";
  }

  /** What the owner brings back from Dropbox. @throws PageError */
  async takeCode(code: string): Promise<void> {
    const current = this.#current;
    if (current?.view.state !== "asked") throw new PageError("NOT_POSSIBLE", "Nothing waits for a code. Begin the sign-in again.");
    await this.#finish(current, code);
  }

  /** Undefined when nobody is signed in to this one. */
  credentialsFor(kind: CloudApp["kind"]): Credentials | undefined {
    const { app, refreshToken } = this.#current ?? {};
    if (!refreshToken || app?.kind !== kind) return undefined;
    const { kind: _, ...client } = app;
    return { ...client, refreshToken };
  }

  async #finish(current: Current, code: string): Promise<"signed-in" | "failed"> {
    const { kind } = current.app;
    this.#tell(current, { kind, state: "signing-in" });
    try {
      current.refreshToken = await current.consent.finish(code);
      this.#tell(current, { kind, state: "signed-in" });
      return "signed-in";
    } catch (error) {
      const { StorageError } = await import("../backup/storage/storage.ts");
      const isDenied = error instanceof StorageError && error.code === "DENIED";
      const failure = isDenied
        ? `${names[kind]} did not take it. Look at the app's id and secret, and begin again: a code is good once, and for a few minutes.`
        : `${names[kind]} could not be asked. Look at this computer's connection, and begin again.`;
      this.#tell(current, { kind, state: "failed", failure });
      return "failed";
    }
  }

  #tell(current: Current, view: CloudSignInView): void {
    current.view = view;
    if (this.#current === current) this.#onChange();
  }
}
