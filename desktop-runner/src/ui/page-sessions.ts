import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** From the link on, and without a request, milliseconds. An open page asks by being open. */
const longestMs = 12 * 60 * 60_000;
const idleMs = 30 * 60_000;
const maxSessions = 20;

export type PageSession = { readonly cookieHash: Buffer; readonly keyHash: Buffer; readonly startedAt: number; usedAt: number };

/**
 * Who may see the page. A session has two halves, and each request needs both: a cookie, which no script can read, and a key that the page
 * sends itself. A cookie alone would not do, since browsers send it to every port of this computer, other users' among them; the key stays
 * with the page's own origin. Only hashes are kept, in memory: a session ends with the runner.
 */
export class PageSessions {
  readonly #clock: () => number;
  #sessions: PageSession[] = [];

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  /** A new session, given away once. The oldest ends when there are too many. */
  begin(): { cookie: string; key: string } {
    const [cookie, key] = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")];
    const now = this.#clock();
    const session = { cookieHash: hashOf(cookie), keyHash: hashOf(key), startedAt: now, usedAt: now };
    this.#sessions = [...this.#sessions.filter((one) => this.isGood(one)), session].slice(-maxSessions);
    return { cookie, key };
  }

  /** The session of these halves, which counts as used now. A browser may send cookies that others set under the same name. */
  find(cookies: readonly string[], key: string): PageSession | undefined {
    const keyHash = hashOf(key);
    const cookieHashes = cookies.map(hashOf);
    let found: PageSession | undefined;
    for (const session of this.#sessions) {
      const isCookie = cookieHashes.some((hash) => timingSafeEqual(hash, session.cookieHash));
      if (timingSafeEqual(keyHash, session.keyHash) && isCookie && this.isGood(session)) found = session;
    }
    if (found) this.use(found);
    return found;
  }

  use(session: PageSession): void {
    session.usedAt = this.#clock();
  }

  isGood({ startedAt, usedAt }: PageSession): boolean {
    const now = this.#clock();
    return now - startedAt < longestMs && now - usedAt < idleMs;
  }
}

function hashOf(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
