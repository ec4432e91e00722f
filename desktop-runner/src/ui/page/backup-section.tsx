/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import type { PageBackup } from "../view.ts";
import { BackupSetUp } from "./backup-set-up.tsx";
import type { PageModel } from "./page-model.ts";
import { Ago, ConfirmButton, ErrorLine, Section, useAsking } from "./parts.tsx";
import { moment, size } from "./words.ts";

type Backup = Extract<PageBackup, { damaged: false }>;
type Running = NonNullable<Backup["running"]>;

/** Backups of this runner's profiles: set up, made, looked through and put back here, so that nobody else learns the passphrase. */
export function BackupSection({ backup, model }: { backup: PageBackup | null; model: PageModel }) {
  const [recoveryKey, setRecoveryKey] = useState<string>();
  return (
    <Section id="backup" title="Backup" note="Sealed on this computer before it leaves. The passphrase and the recovery key stay here.">
      {recoveryKey !== undefined && <RecoveryKey text={recoveryKey} onDone={() => setRecoveryKey(undefined)} />}
      {backup === null && <BackupSetUp model={model} onKey={setRecoveryKey} />}
      {backup?.damaged && (
        <p class="below">
          The settings of backups cannot be read. At this computer's terminal: <code>deskhand backup init WHERE --replace</code>
        </p>
      )}
      {backup?.damaged === false && <Standing backup={backup} model={model} />}
    </Section>
  );
}

function RecoveryKey({ text, onDone }: { text: string; onDone: () => void }) {
  return (
    <div class="below key" role="alert">
      <p>
        <strong>Recovery key, shown this once.</strong> It opens the backup when the passphrase is lost; without both nobody can. Write it
        down and keep it apart from this computer.
      </p>
      <p>
        <code class="wrap">{text}</code>
      </p>
      <button type="button" class="primary" onClick={onDone}>
        I have written it down
      </button>
    </div>
  );
}

function Standing({ backup, model }: { backup: Backup; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  const { running, restored, failure, last, stored, verified, nextAt } = backup;
  const begin = (action: Running["action"]) => void ask(() => model.change("/api/backup/begin", { action }));
  const isBusy = busy || running !== null;
  return (
    <>
      <dl class="rows">
        <Row title="Place">
          <span class="wrap">{backup.place}</span>
        </Row>
        <Row title="Last good">
          {backup.succeededAt === null ? "None yet" : <Ago at={backup.succeededAt} />}
          {last && `, ${profiles(last.profiles)}, ${size(last.bytesSent)} sent`}
        </Row>
        {stored && (
          <Row title="Stored">
            {size(stored.bytes)} in {stored.snapshots === 1 ? "1 snapshot" : `${stored.snapshots} snapshots`}
          </Row>
        )}
        {verified && (
          <Row title="Verified">
            <Ago at={verified.at} />
            {verified.isWhole ? ", all is there" : ", something is lost or changed"}
          </Row>
        )}
        {nextAt !== null && <Row title="Next">{moment(nextAt)}</Row>}
      </dl>
      {failure && (
        <p class="below failure" role="alert">
          {failure.title} {failure.whatToDo}
        </p>
      )}
      {running && <Progress running={running} />}
      {!running && restored && <Restored restored={restored} />}
      <div class="below line">
        <button type="button" class="primary" disabled={isBusy} onClick={() => begin("run")}>
          Back up now
        </button>
        <button type="button" disabled={isBusy} onClick={() => begin("verify")}>
          Verify
        </button>
        <ConfirmButton
          label="Restore"
          name="Restore all profiles from the newest backup"
          sure="Put the newest backup over what is here"
          disabled={isBusy}
          large
          onSure={() => begin("restore")}
        />
      </div>
      {error && <ErrorLine>{error}</ErrorLine>}
      <Schedule schedule={backup.schedule} model={model} />
      <p class="dim below">
        Single profiles, older snapshots, how long they are kept, another passphrase or recovery key: <code>deskhand help backup</code>
      </p>
    </>
  );
}

const doing: Record<Running["action"], string> = { run: "Backing up", verify: "Verifying", restore: "Putting profiles back" };

function Progress({ running: { action, progress } }: { running: Running }) {
  const isKnown = progress !== null && progress.total > 0;
  const name = `${doing[action]} …`;
  return (
    <div class="below" role="status">
      <p>
        {name} {isKnown && `${progress.done} of ${progress.total}, ${size(progress.bytesThere)} over the network`}
      </p>
      <progress aria-label={name} {...(isKnown ? { value: progress.done, max: progress.total } : {})} />
    </div>
  );
}

function Restored({ restored: { done, failed, failure } }: { restored: NonNullable<Backup["restored"]> }) {
  if (failure) {
    return (
      <p class="below failure" role="alert">
        Nothing was put back. {failure.title} {failure.whatToDo}
      </p>
    );
  }
  const others = failed > 0 ? ` ${profiles(failed)} could not be: in use, or damaged in the backup.` : "";
  return (
    <p class="below" role="status">
      {profiles(done)} put back.{others}
    </p>
  );
}

function Schedule({ schedule, model }: { schedule: string; model: PageModel }) {
  const { busy, error, ask, forget } = useAsking();
  const [typed, setTyped] = useState(schedule);
  // somebody may change it elsewhere; what is being typed here stays
  useEffect(() => setTyped(schedule), [schedule]);
  return (
    <div class="settings">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask(() => model.change("/api/backup/schedule", { when: typed.replace(/^every |^daily at /, "") }));
        }}
      >
        <label for="backup-schedule">By itself</label>
        <div class="line">
          <input
            id="backup-schedule"
            class="grow"
            value={typed}
            autocomplete="off"
            autocapitalize="none"
            aria-invalid={error !== undefined}
            aria-describedby={`backup-schedule-hint${error ? " backup-schedule-error" : ""}`}
            onInput={(event) => {
              setTyped(event.currentTarget.value);
              forget();
            }}
          />
          <button type="submit" disabled={busy || typed.trim() === schedule} aria-label="Save when backups begin">
            Save
          </button>
        </div>
        {error && <ErrorLine id="backup-schedule-error">{error}</ErrorLine>}
        <p class="dim" id="backup-schedule-hint">
          Like 6h, 30m, a time as 03:15, or off.
        </p>
      </form>
    </div>
  );
}

function Row({ title, children }: { title: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const profiles = (count: number) => (count === 1 ? "1 profile" : `${count} profiles`);
