import { type SigningReport, signerWishes } from "@deskhand/shared/protocol/signers";
import type { Permissions } from "@deskhand/shared/schemas/permissions";
import type { RunnerHome } from "../identity/home.ts";
import type { JournaledCommand } from "../journal/command-row.ts";
import type { Journal } from "../journal/journal.ts";
import type { RefusalReason } from "../policy/network-policy.ts";
import { WatchedFile } from "../policy/watched-file.ts";
import { takeWishes } from "./edit-signers.ts";
import { ManifestLog } from "./manifest-log.ts";
import { type LoadedSigners, loadSigners } from "./signers-file.ts";

type SigningKeeperOptions = {
  home: RunnerHome;
  runnerId: string;
  journal: Journal;
  /** Does the policy demand signatures? */
  isRequired(): boolean;
  onProblem(what: string, error: unknown): void;
  clock?: () => number;
};

export type SignatureVerdict =
  /** What is good to know about it, for the run's log. */
  { ok: true; notes: string[] } | { ok: false; reason: RefusalReason };

/** Whom a runner that runs trusts to sign, and what was signed. */
export class SigningKeeper {
  readonly #options: SigningKeeperOptions;
  readonly #signers: WatchedFile<LoadedSigners>;
  readonly #log: ManifestLog;
  #heard: string | undefined;

  constructor(options: SigningKeeperOptions) {
    const { home, onProblem } = options;
    this.#options = options;
    this.#log = new ManifestLog(options.journal);
    this.#signers = new WatchedFile(
      home.signersFile,
      () => loadSigners(home),
      (error) => onProblem("changes of the signing keys are seen only when a run begins", error),
    );
  }

  /** Another key is trusted, or asks. */
  set onChange(told: () => void) {
    this.#signers.onChange = told;
  }

  /** What the server is told. */
  get report(): SigningReport {
    const { value } = this.#signers;
    const signers = value.ok ? value.signers.signers.map(({ keyId, status }) => ({ keyId, status })) : [];
    return { required: this.#options.isRequired(), signers };
  }

  /** May this command be carried out? Uses its signature up when it may. @throws when the journal cannot be written */
  async judge(
    command: Pick<JournaledCommand, "id" | "kind" | "profileId"> & { isScheduled?: boolean },
    payload: unknown,
  ): Promise<SignatureVerdict> {
    // loaded with the first command: a runner that waits does not hold the recording's schemas
    const { judgeCommand, refuse } = await import("./judge-command.ts");
    const { runnerId, isRequired, clock = Date.now } = this.#options;
    const judged = judgeCommand({
      command: { kind: command.kind, payload, isScheduled: command.isScheduled ?? false },
      runnerId,
      signers: this.#signers.value,
      required: isRequired(),
      now: clock(),
    });
    if (!judged.ok) return judged;
    const { manifest, deployed, signer } = judged;
    if (!manifest) return { ok: true, notes: [] };
    const used = { manifestId: manifest.id, profileId: command.profileId, commandId: command.id, expiresAt: manifest.expiresAt };
    // what a schedule begins was signed once, with the schedule
    if (!command.isScheduled && !this.#log.use(used)) return refuse("replayed");
    const beyond = deployed && this.#log.note(deployed.workflow, deployed.permissions);
    return {
      ok: true,
      notes: [
        ...(signer ? [`Signed with the key “${signer.name}”${signer.person ? ` of ${signer.person}` : ""}.`] : []),
        ...(beyond ? await notesOf(deployed.workflow.version, beyond) : []),
      ],
    };
  }

  /** Whom the server says to be asking. Bound, so that it can be handed on. */
  readonly takeWishes = (raw: unknown): void => {
    const heard = JSON.stringify(raw);
    if (heard === undefined || heard === this.#heard) return;
    const wishes = signerWishes.safeParse(raw);
    if (!wishes.success) return;
    try {
      takeWishes(this.#options.home, this.#options.runnerId, wishes.data);
      this.#heard = heard;
      // read now, so that the change is told also where folders cannot be watched
      void this.#signers.value;
    } catch (error) {
      this.#options.onProblem("who asks to sign could not be kept yet", error);
    }
  };

  prune(): void {
    this.#log.prune((this.#options.clock ?? Date.now)());
  }

  close(): void {
    this.#signers.close();
  }
}

async function notesOf(version: number, before: { version: number; beyond: Permissions }): Promise<string[]> {
  const { permissionLines } = await import("@deskhand/shared/schemas/permissions");
  const lines = permissionLines(before.beyond);
  return lines.length === 0 ? [] : [`Version ${version} asks for more than version ${before.version} did: ${lines.join(", ")}.`];
}
