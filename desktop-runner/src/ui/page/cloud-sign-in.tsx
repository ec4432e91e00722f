/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import { type Field, Input } from "./field.tsx";
import type { PageModel } from "./page-model.ts";
import { Badge, ErrorLine, useAsking } from "./parts.tsx";

const vendors: Record<string, string> = { "google-drive": "Google", dropbox: "Dropbox" };

/** Signing in to a vendor's storage: what is given to the vendor goes to the vendor, and what comes of it stays with the runner. */
export function CloudSignIn({ kind, fields, model }: { kind: string; fields: Field[]; model: PageModel }) {
  const { busy, error, ask, forget } = useAsking();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const vendor = vendors[kind] ?? "";
  const current = model.state?.cloudSignIn;
  const own = current?.kind === kind ? current : undefined;
  const change = (path: string, body: object) => void ask(() => model.change(path, body));
  const put = (name: string, value: string) => {
    setTyped({ ...typed, [name]: value });
    forget();
  };
  const again = () => change("/api/backup/sign-in/forget", {});

  if (own?.state === "signed-in") {
    return (
      <p class="line" role="status">
        <Badge tone="good">Signed in to {vendor}</Badge>
        <button type="button" class="small" disabled={busy} onClick={again}>
          With another account
        </button>
      </p>
    );
  }
  if (own?.state === "asked" || own?.state === "signing-in") {
    const isAsked = own.state === "asked";
    return (
      <fieldset class="field group">
        <legend>Sign in to {vendor}</legend>
        {isAsked && (
          <p>
            <a href={own.address} target="_blank" rel="noopener noreferrer">
              Open {vendor} and allow it
            </a>{" "}
            in a new window{kind === "dropbox" ? ". It shows a code: bring it here." : ", then come back here."}
          </p>
        )}
        {isAsked && kind === "dropbox" && (
          <>
            <Input field={{ name: "code", label: "Code" }} value={typed.code ?? ""} onType={(value) => put("code", value)} />
            <button
              type="button"
              class="start"
              disabled={busy || !typed.code?.trim()}
              onClick={() => change("/api/backup/sign-in/code", { code: typed.code })}
            >
              Go on
            </button>
          </>
        )}
        <p class="dim" role="status">
          {isAsked ? `Waiting for ${vendor} …` : "Signing in …"}
        </p>
        {error && <ErrorLine>{error}</ErrorLine>}
        <button type="button" class="small start" disabled={busy} onClick={again}>
          Begin again
        </button>
      </fieldset>
    );
  }
  return (
    <fieldset class="field group">
      <legend>Sign in to {vendor}</legend>
      {own?.state === "failed" && <ErrorLine>{own.failure}</ErrorLine>}
      {fields.map((field) => (
        <Input key={field.name} field={field} value={typed[field.name] ?? ""} onType={(value) => put(field.name, value)} />
      ))}
      {error && <ErrorLine>{error}</ErrorLine>}
      <button
        type="button"
        class="start"
        disabled={busy || fields.some(({ name }) => !typed[name]?.trim())}
        onClick={() => change("/api/backup/sign-in", { kind, ...pick(typed, fields) })}
      >
        Sign in with {vendor}
      </button>
    </fieldset>
  );
}

function pick(typed: Record<string, string>, fields: readonly Field[]): Record<string, string> {
  return Object.fromEntries(fields.map(({ name }) => [name, (typed[name] ?? "").trim()]));
}
