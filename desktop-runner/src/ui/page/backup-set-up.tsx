/** @jsxImportSource preact */
import { useState } from "preact/hooks";
import { CloudSignIn } from "./cloud-sign-in.tsx";
import { type Field, Input } from "./field.tsx";
import type { PageModel } from "./page-model.ts";
import { ErrorLine, useAsking } from "./parts.tsx";

/** What each kind of storage is asked for; the names are those of its settings. */
const kinds: Record<string, { label: string; app?: Field[]; fields: Field[] }> = {
  folder: {
    label: "Folder",
    fields: [
      { name: "folder", label: "Folder", hint: "On this computer, another disk, or one that iCloud Drive, Syncthing and the like keep." },
    ],
  },
  sftp: {
    label: "SFTP (SSH)",
    fields: [
      { name: "host", label: "Host" },
      { name: "port", label: "Port", value: "22" },
      { name: "user", label: "User" },
      { name: "folder", label: "Folder", value: "deskhand" },
      { name: "password", label: "Password", secret: true, hint: "Or a private key." },
      { name: "privateKey", label: "Private key", many: true },
      { name: "keyPassphrase", label: "Passphrase of the private key", secret: true },
      { name: "hostKey", label: "The server's key", hint: "SHA256:…; without, the one that it has now, and no other one from then on." },
    ],
  },
  s3: {
    label: "S3-compatible",
    fields: [
      { name: "endpoint", label: "Address of the bucket", hint: "https://s3.example.com/bucket" },
      { name: "region", label: "Region", value: "us-east-1" },
      { name: "prefix", label: "Folder in the bucket" },
      { name: "accessKeyId", label: "Access key id" },
      { name: "secretAccessKey", label: "Secret access key", secret: true },
    ],
  },
  "google-drive": {
    label: "Google Drive",
    app: [
      {
        name: "clientId",
        label: "Client id",
        hint: "Of an OAuth client of your own, of the kind Desktop app; docs/backup.md says how to make one.",
      },
      { name: "clientSecret", label: "Client secret", secret: true },
    ],
    fields: [{ name: "folder", label: "Folder", value: "Deskhand backup", hint: "Made there; no other file of yours can be seen." }],
  },
  dropbox: {
    label: "Dropbox",
    app: [
      { name: "clientId", label: "App key", hint: "Of an app of your own, with a folder of its own; docs/backup.md says how to make one." },
    ],
    fields: [{ name: "folder", label: "Folder in the app's folder", hint: "May stay empty." }],
  },
  webdav: {
    label: "WebDAV",
    fields: [
      { name: "url", label: "Address", hint: "https://cloud.example.com/remote.php/dav/files/ann/backups" },
      { name: "user", label: "User" },
      { name: "password", label: "Password", secret: true },
    ],
  },
};
/** What may stay empty is left out of what is kept, where it must not be an empty text. */
const optional = new Set(["password", "privateKey", "keyPassphrase", "hostKey"]);

export function BackupSetUp({ model, onKey }: { model: PageModel; onKey: (key: string) => void }) {
  const { busy, error, ask, forget } = useAsking();
  const [kind, setKind] = useState("folder");
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [existing, setExisting] = useState(false);
  const [mismatch, setMismatch] = useState(false);
  const { fields, app } = kinds[kind] ?? { fields: [] };
  const signedIn = model.state?.cloudSignIn;
  const mustSignIn = app !== undefined && !(signedIn?.kind === kind && signedIn.state === "signed-in");
  const shown = ({ name, value = "" }: Field) => typed[`${kind} ${name}`] ?? value;
  const own = (name: string) => typed[name] ?? "";
  const put = (name: string, value: string) => {
    setTyped({ ...typed, [name]: value });
    setMismatch(false);
    forget();
  };
  const submit = async () => {
    if (!existing && own("passphrase") !== own("again")) return setMismatch(true);
    const entries = fields.map((field): [string, string | number] => [field.name, shown(field)]);
    const given = entries.filter(([name, value]) => value !== "" || kind !== "sftp" || !optional.has(name));
    const storage = Object.fromEntries([["kind", kind], ...given.map(([name, value]) => [name, name === "port" ? Number(value) : value])]);
    const body = { storage, existing, passphrase: own("passphrase"), recoveryKey: existing ? own("recoveryKey") : "" };
    await ask(async () => {
      const key = await model.setUpBackup(body);
      setTyped({});
      if (key !== undefined) onKey(key);
    });
  };
  return (
    <form
      class="settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <p class="dim">Profiles are saved nowhere else yet. What is sent is sealed here first, and only what is new is sent.</p>
      <div class="field">
        <label for="backup-kind">Where to</label>
        <select id="backup-kind" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
          {Object.entries(kinds).map(([value, { label }]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </div>
      {app && <CloudSignIn key={kind} kind={kind} fields={app} model={model} />}
      {fields.map((field) => (
        <Input key={`${kind} ${field.name}`} field={field} value={shown(field)} onType={(value) => put(`${kind} ${field.name}`, value)} />
      ))}
      <fieldset class="field">
        <legend class="dim">What is there</legend>
        <label class="check">
          <input type="radio" name="existing" checked={!existing} onChange={() => setExisting(false)} />
          Begin a new backup
        </label>
        <label class="check">
          <input type="radio" name="existing" checked={existing} onChange={() => setExisting(true)} />
          Use a backup that is there
        </label>
      </fieldset>
      <Input
        field={{
          name: "passphrase",
          label: "Passphrase",
          secret: true,
          ...(existing ? {} : { hint: "12 characters at least: several words." }),
        }}
        value={own("passphrase")}
        onType={(value) => put("passphrase", value)}
      />
      {existing ? (
        <Input
          field={{ name: "recoveryKey", label: "Or its recovery key", secret: true }}
          value={own("recoveryKey")}
          onType={(value) => put("recoveryKey", value)}
        />
      ) : (
        <Input field={{ name: "again", label: "Once more", secret: true }} value={own("again")} onType={(value) => put("again", value)} />
      )}
      {mismatch && <ErrorLine>The two passphrases are not the same.</ErrorLine>}
      {error && <ErrorLine>{error}</ErrorLine>}
      <button type="submit" class="primary start" disabled={busy || mustSignIn}>
        {busy ? "Setting up …" : "Set up"}
      </button>
    </form>
  );
}
