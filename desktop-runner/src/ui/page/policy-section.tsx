/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import type { PagePolicy } from "../view.ts";
import type { PageModel } from "./page-model.ts";
import { ConfirmButton, Empty, ErrorLine, Section, useAsking } from "./parts.tsx";
import { PolicySettings } from "./policy-settings.tsx";

type Policy = Extract<PagePolicy, { damaged: null }>;

/** What this runner allows. Only here and at this computer's terminal is it decided. */
export function PolicySection({ policy, model }: { policy: PagePolicy; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  return (
    <Section id="policy" title="Policy" note="What runs may open and who may command this runner. Only this computer decides it.">
      {policy.damaged === null ? (
        <>
          <Hosts policy={policy} model={model} />
          <PolicySettings policy={policy} model={model} />
        </>
      ) : (
        <div class="below">
          <p>The policy cannot be read, so everything is refused: {policy.damaged}</p>
          <ConfirmButton
            label="Begin again"
            name="Begin again with nothing allowed"
            sure="Begin again with nothing allowed"
            disabled={busy}
            onSure={() => void ask(() => model.change("/api/policy/reset", {}))}
          />
          {error && <ErrorLine>{error}</ErrorLine>}
        </div>
      )}
      <p class="dim below">
        Kept in <code class="wrap">{policy.file}</code>
      </p>
    </Section>
  );
}

function Hosts({ policy, model }: { policy: Policy; model: PageModel }) {
  return (
    <>
      <h3 class="sub">Hosts</h3>
      <AddRule model={model} />
      {policy.rules.length === 0 ? (
        <Empty>Nothing is allowed yet, so every run is refused. Allow the hosts that runs may open.</Empty>
      ) : (
        <ul class="list rules" aria-label="Rules about hosts">
          {policy.rules.map((rule) => (
            <Rule key={`${rule.by} ${rule.pattern}`} rule={rule} model={model} />
          ))}
        </ul>
      )}
    </>
  );
}

function Rule({ rule, model }: { rule: Policy["rules"][number]; model: PageModel }) {
  const { busy, error, ask } = useAsking();
  const { effect, pattern, by } = rule;
  return (
    <li>
      <div class="line">
        <span class={`effect ${effect}`}>{effect === "allow" ? "Allow" : "Deny"}</span>
        <span class="grow rule">
          <code class="wrap">{pattern}</code>
          {rule.private && <span class="dim">also in this network</span>}
        </span>
        {by === "server" ? (
          <span class="dim">set by the project</span>
        ) : (
          <button
            type="button"
            class="small"
            disabled={busy}
            aria-label={`Remove ${effect} ${pattern}`}
            onClick={() => void ask(() => model.change("/api/policy/remove", { host: pattern }))}
          >
            Remove
          </button>
        )}
      </div>
      {error && <ErrorLine>{error}</ErrorLine>}
    </li>
  );
}

function AddRule({ model }: { model: PageModel }) {
  const { busy, error, ask, forget } = useAsking();
  const [host, setHost] = useState("");
  const [isPrivate, setPrivate] = useState(false);
  const add = async (effect: "allow" | "deny") => {
    const body = { effect, host, private: effect === "allow" && isPrivate };
    if (!(await ask(() => model.change("/api/policy/rule", body)))) return;
    setHost("");
    setPrivate(false);
  };
  return (
    <form
      class="below"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void add("allow");
      }}
    >
      <label for="host">Host, address or range</label>
      <div class="line">
        <input
          id="host"
          class="grow"
          value={host}
          placeholder="example.com, *.example.com, 192.168.1.0/24"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          aria-invalid={error !== undefined}
          aria-describedby={error ? "host-error" : undefined}
          onInput={(event) => {
            setHost(event.currentTarget.value);
            forget();
          }}
        />
        <button type="submit" class="primary" disabled={busy}>
          Allow
        </button>
        <button type="button" disabled={busy} onClick={() => void add("deny")}>
          Deny
        </button>
      </div>
      {error && <ErrorLine id="host-error">{error}</ErrorLine>}
      <label class="check">
        <input type="checkbox" checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
        Allow it also where its name leads to an address of this network (--private)
      </label>
    </form>
  );
}
