/** @jsxImportSource preact */
import { useEffect, useState } from "preact/hooks";
import type { PagePolicy } from "../view.ts";
import type { PageModel } from "./page-model.ts";
import { ErrorLine, useAsking } from "./parts.tsx";
import { size } from "./words.ts";

type Policy = Extract<PagePolicy, { damaged: null }>;

/** The settings of the policy, each as it is typed at the terminal. */
export function PolicySettings({ policy, model }: { policy: Policy; model: PageModel }) {
  const { own, maxDownloadBy, maxDownloadBytes, quietHours } = policy;
  const tightened = maxDownloadBy === "server" ? ` The project lets it be ${size(maxDownloadBytes)} at most.` : "";
  return (
    <>
      <h3 class="sub">Limits</h3>
      <div class="settings">
        <Setting
          name="max-download"
          label="Largest download"
          value={own.maxDownload}
          hint={`Like 50MB, 2GB or 0.${tightened}`}
          model={model}
        />
        <Setting
          name="members"
          label="Who may command it"
          value={own.members}
          hint="everyone, nobody, or ids of users with commas between."
          model={model}
        />
        <Setting
          name="quiet-hours"
          label="Quiet hours"
          value={own.quietHours}
          zone={quietHours?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}
          hint="No run begins then. Like 22:00-06:00, 12:00-13:00, by the clock of the time zone beside it; or off."
          model={model}
        />
        <Switch
          name="signatures"
          label="Only what is signed by a key that was approved here"
          isOn={policy.signatures === "required"}
          values={{ on: "required", off: "optional" }}
          model={model}
        />
        <Switch name="shell" label="Tools that run programs" isOn={policy.shell} model={model} />
        <Switch name="files" label="Tools that reach files" isOn={policy.files} model={model} />
        <Switch name="code" label="Workflows that run code of their own here" isOn={policy.code} model={model} />
      </div>
    </>
  );
}

type SettingProps = { name: string; label: string; value: string; zone?: string; hint: string; model: PageModel };

function Setting({ name, label, value, zone, hint, model }: SettingProps) {
  const { busy, error, ask, forget } = useAsking();
  const [typed, setTyped] = useState(value);
  const [typedZone, setTypedZone] = useState(zone ?? "");
  // somebody may change it elsewhere; what is being typed here stays
  useEffect(() => setTyped(value), [value]);
  useEffect(() => setTypedZone(zone ?? ""), [zone]);
  const isChanged = typed.trim() !== value || (zone !== undefined && typedZone.trim() !== zone);
  const body = { name, value: typed, ...(zone === undefined ? {} : { zone: typedZone.trim() }) };
  const describedBy = `${name}-hint${error ? ` ${name}-error` : ""}`;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void ask(() => model.change("/api/policy/set", body));
      }}
    >
      <label for={name}>{label}</label>
      <div class="line">
        <input
          id={name}
          class="grow"
          value={typed}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          aria-invalid={error !== undefined}
          aria-describedby={describedBy}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            forget();
          }}
        />
        {zone !== undefined && (
          <input
            class="zone"
            aria-label="Time zone of the quiet hours"
            value={typedZone}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => {
              setTypedZone(event.currentTarget.value);
              forget();
            }}
          />
        )}
        <button type="submit" disabled={busy || !isChanged} aria-label={`Save ${label.toLowerCase()}`}>
          Save
        </button>
      </div>
      {error && <ErrorLine id={`${name}-error`}>{error}</ErrorLine>}
      <p class="dim" id={`${name}-hint`}>
        {hint}
      </p>
    </form>
  );
}

type SwitchProps = { name: string; label: string; isOn: boolean; values?: { on: string; off: string }; model: PageModel };

function Switch({ name, label, isOn, values = { on: "on", off: "off" }, model }: SwitchProps) {
  const { busy, error, ask } = useAsking();
  const set = (value: string) => void ask(() => model.change("/api/policy/set", { name, value }));
  return (
    <div>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={isOn}
          checked={isOn}
          disabled={busy}
          onChange={(event) => set(event.currentTarget.checked ? values.on : values.off)}
        />
        <span>{label}</span>
        <span class="dim">{isOn ? "on" : "off"}</span>
      </label>
      {error && <ErrorLine>{error}</ErrorLine>}
    </div>
  );
}
