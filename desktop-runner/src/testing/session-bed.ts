import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Journal } from "../journal/journal.ts";
import { ProfileSessions, type ProfileSessionsOptions } from "../profiles/profile-sessions.ts";
import { ProfileTable } from "../profiles/profile-table.ts";
import { ProxyDesk } from "../proxies/proxy-desk.ts";
import { WorkerHost } from "../runs/worker-host.ts";
import { allowing } from "./worker.ts";

export type SessionBed = {
  sessions: ProfileSessions;
  profiles: ProfileTable;
  folderOf(profileId: string): string;
  close(): Promise<void>;
};

/** Sessions with the real worker and its browser, in a folder of their own. There is memory for all, unless `capacity` says otherwise. */
export async function openSessionBed(options: Partial<Pick<ProfileSessionsOptions, "clock" | "capacity">> = {}): Promise<SessionBed> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "deskhand-sessions-"));
  const journal = new Journal(path.join(folder, "journal.db"));
  const profiles = new ProfileTable(journal);
  const worker = new WorkerHost({ file: path.join(import.meta.dirname, "../worker/main.ts"), home: folder, onProblem: () => {} });
  const profilesFolder = path.join(folder, "profiles");
  const sessions = new ProfileSessions({
    home: { profilesFolder },
    profiles,
    worker,
    policy: { network: allowing() },
    proxies: new ProxyDesk({ journal, unseal: async (text) => text, clock: Date.now }),
    capacity: { hold: () => {}, room: () => Number.POSITIVE_INFINITY, onShort: () => {} },
    onRefusal: () => {},
    ...options,
  });
  return {
    sessions,
    profiles,
    folderOf: (profileId) => path.join(profilesFolder, profileId),
    close: async () => {
      await worker.stop();
      journal.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
