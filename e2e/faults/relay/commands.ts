import { mkdirSync } from "node:fs";
import path from "node:path";
import { v7 as uuid } from "uuid";
import { createDb, type Db } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { createProfile, createProject, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { createRunnerFolder } from "@/server/testing/real-runner";
import type { Random } from "./random.ts";

type Folder = Awaited<ReturnType<typeof createRunnerFolder>>;
type Lane = { folder: Folder; runnerId: string; profileIds: string[]; deploymentId: string; workflowVersionId: string };

/** One command as the suite knows it, whatever the product says of it. */
export type Wanted = {
  kind: "run" | "deletion";
  /** The run's id, or the profile's that is to be deleted. */
  subject: string;
  lane: Lane;
  mayExpire: boolean;
  mayBeCancelled: boolean;
};

const dayMs = 24 * 60 * 60_000;
const batchSize = 20;

/** The one who queues commands: it keeps its own list of them, and asks again when the database goes away under it. */
export class Source {
  readonly wanted: Wanted[] = [];
  readonly lanes: Lane[] = [];
  readonly db: Db;
  readonly #random: Random;
  #projectId = "";

  constructor(databaseUrl: string, random: Random) {
    this.db = createDb(databaseUrl);
    this.#random = random;
  }

  /** A paired runner with profiles, and something to run on them. */
  async addLane(serverUrl: string, profiles: number): Promise<Folder> {
    const folder = await createRunnerFolder(serverUrl);
    const { runnerId, publicKey, fingerprint } = folder;
    if (!this.#projectId) this.#projectId = (await createProject(this.db)).id;
    const projectId = this.#projectId;
    await createRunner(this.db, { projectId, id: runnerId, publicKey, fingerprint });
    const made = await Promise.all(Array.from({ length: profiles }, () => createProfile(this.db, { projectId, runnerId })));
    const { version } = await createWorkflow(this.db, { projectId });
    const data = { projectId, runnerId, workflowVersionId: version.id, inputs: {}, requestHash: contentHash({}), createdAt: new Date() };
    const { id: deploymentId } = await this.db.deployment.create({ data });
    this.lanes.push({ folder, runnerId, profileIds: made.map(({ id }) => id), deploymentId, workflowVersionId: version.id });
    return folder;
  }

  /** Queues some more in one transaction. Those of which it is not known whether they were queued are looked for first. */
  async queue(most: number): Promise<void> {
    const lane = this.#random.pick(this.lanes);
    const batch = Array.from({ length: Math.min(most, batchSize) }, () => this.#draw(lane));
    await this.#insist(async () => {
      const first = batch[0];
      if (!first || (await this.#isQueued(first))) return;
      await this.db.$transaction(async (tx) => {
        for (const wanted of batch) await this.#enqueue(tx, wanted);
      });
    });
    this.wanted.push(...batch);
  }

  /** Asks for the end of some of those that may be cancelled and were queued of late. */
  async cancelSome(): Promise<void> {
    const recent = this.wanted.slice(-200).filter(({ kind, mayBeCancelled }) => kind === "run" && mayBeCancelled);
    if (recent.length === 0) return;
    const { subject } = this.#random.pick(recent);
    const ctx = testContext(this.db);
    const command = await this.#insist(() => this.db.command.findUnique({ where: { runId: subject }, select: { id: true } }));
    if (command) await this.#insist(() => this.db.$transaction((tx) => requestCancel(tx, ctx, command.id)));
  }

  /** How many are not over. */
  unfinished(): Promise<number> {
    return this.#insist(() => this.db.command.count({ where: { finishedAt: null } }));
  }

  async close(): Promise<void> {
    await this.db.$disconnect();
    for (const { folder } of this.lanes) folder.remove();
  }

  #draw(lane: Lane): Wanted {
    const kind = this.#random.chance(0.06) ? "deletion" : "run";
    const mayExpire = kind === "run" && this.#random.chance(0.03);
    const mayBeCancelled = kind === "run" && this.#random.chance(0.15);
    const subject = uuid();
    if (kind === "deletion") mkdirSync(path.join(lane.folder.home.profilesFolder, subject), { recursive: true });
    return { kind, subject, lane, mayExpire, mayBeCancelled };
  }

  async #enqueue(tx: Parameters<typeof enqueueCommand>[0], { kind, subject, lane, mayExpire }: Wanted): Promise<void> {
    const { runnerId, deploymentId, workflowVersionId } = lane;
    const now = new Date();
    const ctx = testContext(this.db);
    const common = { projectId: this.#projectId, runnerId, deadlineAt: new Date(now.getTime() + (mayExpire ? 400 : dayMs)) };
    if (kind === "deletion") {
      await enqueueCommand(tx, ctx, { ...common, kind: "profile.delete", payload: { profileId: subject } });
      return;
    }
    const profileId = this.#random.pick(lane.profileIds);
    await tx.run.create({
      data: { id: subject, projectId: this.#projectId, runnerId, deploymentId, workflowVersionId, profileId, createdAt: now },
    });
    // the recording and the inputs join when it is leased
    const payload = { runId: subject, profileId, workflowVersionId } as never;
    await enqueueCommand(tx, ctx, { ...common, runId: subject, kind: "run.start", payload });
  }

  async #isQueued({ kind, subject }: Wanted): Promise<boolean> {
    if (kind === "run") return (await this.db.run.count({ where: { id: subject } })) > 0;
    return (await this.db.command.count({ where: { kind: "profile.delete", payload: { path: ["profileId"], equals: subject } } })) > 0;
  }

  /** Tries again for a minute: the database is restarted all the time. */
  async #insist<T>(act: () => Promise<T>): Promise<T> {
    for (const end = Date.now() + 60_000; ; ) {
      try {
        return await act();
      } catch (error) {
        if (Date.now() > end) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}
