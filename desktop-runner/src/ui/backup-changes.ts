import { homedir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { parseSchedule } from "../backup/schedule/schedule.ts";
import { findBackupSettings, saveBackupSettings } from "../backup/setup/backup-settings.ts";
import { noteBackupStatus } from "../backup/setup/backup-status.ts";
import { MIN_PASSPHRASE } from "../backup/setup/passphrase.ts";
import { type StorageConfig, storageConfig } from "../backup/setup/storage-config.ts";
import { googleEndpoints, usualDriveFolder } from "../backup/setup/vendor-endpoints.ts";
import { ensureHome } from "../identity/home.ts";
import type { CloudSignIn } from "./cloud-sign-in.ts";
import { PageError } from "./page-error.ts";
import type { OpenPageParts } from "./page-parts.ts";
import { wordsOf } from "./view-backup.ts";

/** Besides how things stand then. */
type Answer = { recoveryKey?: string };
type BackupChange = (parts: OpenPageParts, body: unknown) => Promise<Answer>;

const words = z.string().max(20_000);
const appWords = z.string().trim().min(1).max(2_000);
const signInBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("google-drive"), clientId: appWords, clientSecret: appWords }),
  z.strictObject({ kind: z.literal("dropbox"), clientId: appWords }),
]);
const setUpBody = z.strictObject({
  storage: z.record(z.string(), z.unknown()),
  existing: z.boolean(),
  passphrase: words,
  recoveryKey: words,
});

/** What can be done about backups from the local page, by path. The passphrase goes no further than this computer. Each throws PageError. */
export const backupChanges: Record<string, BackupChange> = {
  "/api/backup/sign-in": async ({ home, signIn }, raw) => {
    if (findBackupSettings(home)) throw new PageError("NOT_POSSIBLE", "A backup is set up on this runner already.");
    const body = signInBody.safeParse(raw);
    if (!body.success) throw new PageError("INVALID_INPUT", "Give what your own app is known by at the vendor.");
    await signIn.begin(body.data);
    return {};
  },
  "/api/backup/sign-in/code": async ({ signIn }, raw) => {
    await signIn.takeCode(read(z.strictObject({ code: z.string().trim().min(1).max(2_000) }), raw).code);
    return {};
  },
  "/api/backup/sign-in/forget": async ({ signIn }) => {
    signIn.forget();
    return {};
  },
  "/api/backup/set-up": async ({ home, backups, signIn }, raw) => {
    const { storage, existing, passphrase, recoveryKey } = read(setUpBody, raw);
    if (findBackupSettings(home)) throw new PageError("NOT_POSSIBLE", "A backup is set up on this runner already.");
    if (!existing && passphrase.length < MIN_PASSPHRASE) {
      throw new PageError("INVALID_INPUT", `A passphrase has ${MIN_PASSPHRASE} characters at least. Several words are easy to keep.`);
    }
    if (existing && passphrase === "" && recoveryKey === "") {
      throw new PageError("INVALID_INPUT", "Give the passphrase or the recovery key of the backup that is there.");
    }
    ensureHome(home);
    const config = await configOf(await withCredentials(storage, signIn));
    const end = await backups.setUp({ config, existing, passphrase, recoveryKey: recoveryKey.trim() });
    refuse(end.failureCode);
    signIn.forget();
    return end.recoveryKey === undefined ? {} : { recoveryKey: end.recoveryKey };
  },
  "/api/backup/begin": async ({ home, backups }, raw) => {
    const { action } = read(z.strictObject({ action: z.enum(["run", "verify", "restore"]) }), raw);
    if (!findBackupSettings(home)) throw new PageError("NOT_POSSIBLE", "No backup is set up on this runner.");
    if (backups.current) throw new PageError("NOT_POSSIBLE", "A backup operation is under way. Try again when it has ended.");
    // how it goes on is seen on the page
    void backups.run(action);
    return {};
  },
  "/api/backup/schedule": async ({ home, hints }, raw) => {
    const { when } = read(z.strictObject({ when: words }), raw);
    const schedule = parseSchedule(when.trim());
    if (!schedule) throw new PageError("INVALID_INPUT", "Write 6h, 30m, a time like 03:15, or off.");
    const settings = findBackupSettings(home);
    if (!settings) throw new PageError("NOT_POSSIBLE", "No backup is set up on this runner.");
    saveBackupSettings(home, { ...settings, schedule });
    noteBackupStatus(home, { scheduledAt: Date.now() });
    hints.tell("backup");
    return {};
  },
};

function read<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const body = schema.safeParse(raw);
  if (!body.success) throw new PageError("INVALID_INPUT", "The request cannot be read.");
  return body.data;
}

/** As it is kept: a folder by its whole path, an SSH server with the key that it has now unless another was named. */
async function configOf(given: Record<string, unknown>): Promise<StorageConfig> {
  const storage = { ...given };
  if (storage.kind === "folder" && typeof storage.folder === "string" && storage.folder.trim() !== "") {
    storage.folder = path.resolve(storage.folder.trim().replace(/^~(?=$|[/\\])/, homedir()));
  }
  if (storage.kind === "sftp" && !storage.hostKey && typeof storage.host === "string" && storage.host !== "") {
    const { failureCodeOf } = await import("../backup/run-backup.ts");
    const { readHostKey } = await import("../backup/storage/sftp.ts");
    const at = { host: storage.host, port: Number(storage.port), user: String(storage.user) };
    storage.hostKey = await readHostKey(at).catch((error: unknown) => refuse(failureCodeOf(error)));
  }
  const config = storageConfig.safeParse(storage);
  if (config.success) return config.data;
  const [issue] = config.error.issues;
  throw new PageError("INVALID_INPUT", `${issue?.path.join(".") || "The place"}: ${issue?.message ?? "cannot be used"}`);
}

/** Those of a vendor's storage are here already, and were never on the page. */
async function withCredentials(storage: Record<string, unknown>, signIn: CloudSignIn): Promise<Record<string, unknown>> {
  const { kind, folder } = storage;
  if (kind !== "google-drive" && kind !== "dropbox") return storage;
  const credentials = signIn.credentialsFor(kind);
  if (!credentials) throw new PageError("INVALID_INPUT", "Sign in first.");
  if (kind === "dropbox") return { kind, folder, ...credentials };
  const { findDriveFolder } = await import("../backup/storage/google-drive.ts");
  const name = typeof folder === "string" && folder.trim() !== "" ? folder.trim().slice(0, 500) : usualDriveFolder;
  try {
    return { kind, ...credentials, folderId: await findDriveFolder(credentials, name, googleEndpoints()) };
  } catch (error) {
    const { failureCodeOf } = await import("../backup/run-backup.ts");
    refuse(failureCodeOf(error));
    throw error;
  }
}

/** What the page's form has instead of flags of the command line. */
const onPage: Record<string, string> = {
  BACKUP_REPOSITORY_EXISTS: "Choose “Use a backup that is there”, with its passphrase or recovery key, or take another folder.",
  BACKUP_NO_REPOSITORY: "Look at the address, or choose “Begin a new backup”.",
  STORAGE_DENIED: "Look at the credentials and what they allow.",
};

function refuse(code: string | null): void {
  const told = wordsOf(code);
  if (code !== null && told) throw new PageError("NOT_POSSIBLE", `${told.title} ${onPage[code] ?? told.whatToDo}`);
}
