/** @jsxImportSource preact */

export type Field = { name: string; label: string; value?: string; hint?: string; secret?: boolean; many?: boolean };

/** One field of a form of backups, with its label and what is to be known of it. */
export function Input({
  field: { name, label, hint, secret, many },
  value,
  onType,
}: {
  field: Field;
  value: string;
  onType(value: string): void;
}) {
  const id = `backup-${name}`;
  const common = {
    id,
    value,
    spellcheck: false,
    autocomplete: secret ? ("new-password" as const) : ("off" as const),
    autocapitalize: "none" as const,
    ...(hint && { "aria-describedby": `${id}-hint` }),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {many && <textarea {...common} rows={3} onInput={(event) => onType(event.currentTarget.value)} />}
      {!many && secret && <input {...common} type="password" onInput={(event) => onType(event.currentTarget.value)} />}
      {!many && !secret && <input {...common} onInput={(event) => onType(event.currentTarget.value)} />}
      {hint && (
        <p class="dim" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
