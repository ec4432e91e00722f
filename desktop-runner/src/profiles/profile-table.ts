import type { DatabaseSync, StatementSync } from "node:sqlite";
import { PROXIES_PER_PROFILE, type ProfileFacts, type ProfileHolder, type ProxyBytes } from "@deskhand/shared/protocol/profile-report";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { inTransaction, withoutSync } from "../journal/database.ts";
import { isDiskFull } from "../journal/is-disk-full.ts";

export type ConfiguredProfile = { profileId: string; revision: number; settings: ProfileSettings };
/** A session without a window: where it was, and since when it hibernates, milliseconds since the epoch; null while it is awake. */
export type KeptSession = { urls: string[]; since: number | null };
export type KnownSettings = { revision: number; settings: ProfileSettings };

/** ms */
const retryMs = 1000;

/** A fact that has no room on the disk yet. */
type Note = { profileId: string; what: string; values: (string | number | null)[] };

const defaults: ProfileSettings = { engine: "shared", identity: null, proxy: { kind: "none" }, onMismatch: "warn" };

/**
 * What this runner knows of each of its profiles: the settings that it works by with the server away, and what the server is to be told.
 * Part of the journal's file, so that one of thousands is found without a look at the disk's folders.
 */
export class ProfileTable {
  /** There is something to tell. */
  onChange: () => void = () => {};
  /** Nobody uses this profile any more, and whoever waits for it may have it. */
  onReleased: (profileId: string) => void = () => {};
  /** By profile. It is true only while this process lives, and is asked for with every look at the queue. */
  readonly #holders = new Map<string, ProfileHolder>();
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #change: number;
  #waiting: Note[] = [];
  #retry: NodeJS.Timeout | undefined;

  constructor(journal: { readonly database: DatabaseSync }) {
    this.#database = journal.database;
    const row = this.#database.prepare("select coalesce(max(changed), 0) as last from profiles").get();
    this.#change = Number(row?.last);
    // whoever held one when the last process ended holds it no more
    for (const { id } of this.#all("select id from profiles where holder is not null")) this.#write(String(id), "holder = null");
    for (const { id } of this.#all("select id from profiles where session is not null")) this.#layAsleep(String(id));
  }

  has(profileId: string): boolean {
    return this.#get("select 1 from profiles where id = ?", profileId) !== undefined;
  }

  /** The defaults, with revision 0, for one that was never configured. */
  get(profileId: string): KnownSettings {
    const row = this.#get("select revision, settings from profiles where id = ?", profileId);
    if (typeof row?.settings !== "string") return { revision: 0, settings: defaults };
    return { revision: Number(row.revision), settings: { ...defaults, ...(JSON.parse(row.settings) as ProfileSettings) } };
  }

  /** Keeps what is newer than what is known. On the disk when it returns. */
  configure(profiles: readonly ConfiguredProfile[]): void {
    inTransaction(this.#database, () => {
      for (const { profileId, revision, settings } of profiles) {
        this.#run("insert into profiles (id) values (?) on conflict (id) do nothing", profileId);
        const { proxy } = this.get(profileId).settings;
        const sql = "update profiles set revision = ?, settings = ?, changed = ? where id = ? and revision < ?";
        this.#run(sql, revision, JSON.stringify(settings), ++this.#change, profileId, revision);
        // what was found of the one before is not true of another
        if (JSON.stringify(proxy) !== JSON.stringify(settings.proxy)) this.noteExit(profileId, { mismatch: null });
      }
    });
    this.onChange();
  }

  /**
   * Its state was saved: at this time, in milliseconds since the epoch, and this large. That one before it could not be read is over with it,
   * once the server has been told.
   */
  noteSaved(profileId: string, savedAt: number, bytes: number): void {
    const row = this.#get("select changed from profiles where id = ? and flags like '%\"state-restored\"%'", profileId);
    if (row?.changed === 0) this.dropFlags(profileId, ["state-restored"]);
    this.#write(profileId, "state_saved_at = ?, state_bytes = ?", savedAt, bytes);
  }

  /** What is to be known of its state from here on. */
  noteFlags(profileId: string, flags: readonly string[]): void {
    const text = JSON.stringify([...new Set(flags)].sort());
    if (this.#get("select 1 from profiles where id = ? and flags = ?", profileId, text)) return;
    this.#write(profileId, "flags = ?", text);
  }

  /** These are to be known besides those that are. */
  addFlags(profileId: string, flags: readonly string[]): void {
    this.noteFlags(profileId, [...this.facts(profileId).flags, ...flags]);
  }

  /** These are not true of it any more. */
  dropFlags(profileId: string, settled: readonly string[]): void {
    const { flags } = this.facts(profileId);
    const left = flags.filter((flag) => !settled.includes(flag));
    if (left.length < flags.length) this.noteFlags(profileId, left);
  }

  /** Whether its proxy led out where its identity is at home, when that was looked at last. */
  noteExit(profileId: string, { mismatch }: { mismatch: string | null }): void {
    if (mismatch === null) this.dropFlags(profileId, ["proxy-mismatch"]);
    else this.addFlags(profileId, ["proxy-mismatch"]);
  }

  /** A program was kept from it because its proxy's exit does not fit: at this time, in milliseconds since the epoch. */
  noteKeptFrom(profileId: string, at: number): void {
    // of two refusals the second is the later one, also when the clock was set back in between
    this.#write(profileId, "mismatch_at = max(coalesce(mismatch_at, 0) + 1, ?)", at);
  }

  /** So much more has gone over the proxy for it, bytes; besides what runs tell themselves. */
  addProxyBytes(profileId: string, { proxyId, sent, received }: { proxyId: string; sent: number; received: number }): void {
    const all = this.facts(profileId).proxyBytes ?? [];
    const before = all.find((one) => one.proxyId === proxyId) ?? { sent: 0, received: 0 };
    const now = { proxyId, sent: before.sent + sent, received: before.received + received };
    // the one that was used last is the last
    const others = all.filter((one) => one.proxyId !== proxyId).slice(1 - PROXIES_PER_PROFILE);
    this.#write(profileId, "proxy_bytes = ?", JSON.stringify([...others, now]));
  }

  /** Who uses which profile now. */
  get holders(): ReadonlyMap<string, ProfileHolder> {
    return this.#holders;
  }

  /** Somebody uses it, or a run on it waits or is under way. */
  isInUse(profileId: string): boolean {
    if (this.#holders.has(profileId)) return true;
    const sql = "select 1 from commands where profile_id = ? and run_id is not null and state <> 'done' limit 1";
    return this.#get(sql, profileId) !== undefined;
  }

  /** Who uses it from here on. */
  hold(profileId: string, holder: ProfileHolder): void {
    this.#holders.set(profileId, holder);
    this.#write(profileId, "holder = ?", JSON.stringify(holder));
  }

  /** That holder uses it no longer. Nothing changes when another one does by now. */
  release(profileId: string, holderId: string): void {
    if (this.#holders.get(profileId)?.id !== holderId) return;
    this.#holders.delete(profileId);
    this.#write(profileId, "holder = null");
    this.onReleased(profileId);
  }

  /** The session that is kept for it, awake or not, through restarts too; null when there is none. */
  session(profileId: string): KeptSession | null {
    const row = this.#get("select session from profiles where id = ?", profileId);
    return typeof row?.session === "string" ? (JSON.parse(row.session) as KeptSession) : null;
  }

  keepSession(profileId: string, session: KeptSession | null): void {
    this.#write(profileId, "session = ?", session && JSON.stringify(session));
  }

  /** Its facts as the server is told them. */
  facts(profileId: string): ProfileFacts {
    const row = this.#get(`select ${factColumns} from profiles where id = ?`, profileId) ?? {};
    return { ...toFacts(row), holder: this.#holders.get(profileId) ?? null };
  }

  /** Changed since the server has stored it, oldest change first; `upTo` is for {@link markReported}. */
  toReport(limit: number): { profiles: { profileId: string; facts: ProfileFacts }[]; upTo: number } {
    const rows = this.#all(`select id, changed, ${factColumns} from profiles where changed > 0 order by changed limit ${limit}`);
    return { profiles: rows.map((row) => ({ profileId: String(row.id), facts: toFacts(row) })), upTo: Number(rows.at(-1)?.changed ?? 0) };
  }

  markReported(upTo: number): void {
    // forgotten, they are told once more
    withoutSync(this.#database, () => this.#run("update profiles set changed = 0 where changed > 0 and changed <= ?", upTo));
  }

  /** It was deleted, and may be asked for again until `purgeAt`, milliseconds since the epoch. */
  markDeleted(profileId: string, purgeAt: number): void {
    if (this.session(profileId)) this.keepSession(profileId, null);
    this.#run(
      "insert into deleted_profiles (id, purge_at) values (?, ?) on conflict (id) do update set purge_at = excluded.purge_at",
      profileId,
      purgeAt,
    );
  }

  isDeleted(profileId: string): boolean {
    return this.#get("select 1 from deleted_profiles where id = ?", profileId) !== undefined;
  }

  unmarkDeleted(profileId: string): void {
    this.#run("delete from deleted_profiles where id = ?", profileId);
  }

  /** Deleted, and not asked for again in time. */
  toPurge(now: number): string[] {
    return this.#all("select id from deleted_profiles where purge_at <= ?", now).map(({ id }) => String(id));
  }

  forget(profileId: string): void {
    inTransaction(this.#database, () => {
      this.#run("delete from profiles where id = ?", profileId);
      this.#run("delete from deleted_profiles where id = ?", profileId);
    });
  }

  /** It was awake when the process before this one ended, and whatever held it open is gone. */
  #layAsleep(profileId: string): void {
    const session = this.session(profileId);
    if (session?.since === null) this.keepSession(profileId, { ...session, since: Date.now() });
  }

  /** On a full disk it waits for room: nobody's work ends because of what is only told. */
  #write(profileId: string, what: string, ...values: (string | number | null)[]): void {
    this.#waiting.push({ profileId, what, values });
    this.#writeWaiting();
  }

  #writeWaiting(): void {
    clearTimeout(this.#retry);
    if (!this.#database.isOpen) return;
    try {
      for (let note = this.#waiting[0]; note; note = this.#waiting[0]) {
        this.#writeNote(note);
        this.#waiting.shift();
      }
    } catch (error) {
      if (!isDiskFull(error)) {
        this.#waiting.shift();
        throw error;
      }
      this.#retry = setTimeout(() => this.#writeWaiting(), retryMs).unref();
    }
    this.onChange();
  }

  /** The disk is not waited for: what a power failure takes is told anew by what comes next. */
  #writeNote({ profileId, what, values }: Note): void {
    withoutSync(this.#database, () => {
      this.#run("insert into profiles (id) values (?) on conflict (id) do nothing", profileId);
      this.#run(`update profiles set ${what}, changed = ? where id = ?`, ...values, ++this.#change, profileId);
    });
  }

  #get(sql: string, ...parameters: (string | number | null)[]): Record<string, unknown> | undefined {
    return this.#statement(sql).get(...parameters);
  }

  #all(sql: string, ...parameters: (string | number | null)[]): Record<string, unknown>[] {
    return this.#statement(sql).all(...parameters);
  }

  #run(sql: string, ...parameters: (string | number | null)[]): void {
    this.#statement(sql).run(...parameters);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

const factColumns = "revision, holder, state_saved_at, state_bytes, flags, session, proxy_bytes, mismatch_at";

function toFacts(row: Record<string, unknown>): ProfileFacts {
  return {
    revision: Number(row.revision ?? 0),
    holder: typeof row.holder === "string" ? (JSON.parse(row.holder) as ProfileHolder) : null,
    stateSavedAt: (row.state_saved_at as number | null | undefined) ?? null,
    stateBytes: (row.state_bytes as number | null | undefined) ?? null,
    flags: typeof row.flags === "string" ? (JSON.parse(row.flags) as string[]) : [],
    // where it was stays here
    hibernatingSince: typeof row.session === "string" ? (JSON.parse(row.session) as KeptSession).since : null,
    ...(typeof row.proxy_bytes === "string" && { proxyBytes: JSON.parse(row.proxy_bytes) as ProxyBytes[] }),
    ...(typeof row.mismatch_at === "number" && { mismatchAt: row.mismatch_at }),
  };
}
