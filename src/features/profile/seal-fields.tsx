import { PasswordInput, Select, TextInput } from "@mantine/core";

/** What a bundle is sealed with: who knows the passphrase, or has the key of this age recipient, can open it. */
export type Seal = { by: "passphrase" | "recipient"; text: string };
export const noSeal: Seal = { by: "passphrase", text: "" };

const shortestPassphrase = 8;
const recipientShape = /^age1[02-9ac-hj-np-z]{58}$/;

export function isSealed({ by, text }: Seal): boolean {
  return by === "passphrase" ? text.length >= shortestPassphrase : recipientShape.test(text.trim());
}

const ways = [
  { value: "passphrase", label: "A passphrase" },
  { value: "recipient", label: "A recipient's key" },
];

/** Asks what a bundle is sealed with. */
export function SealFields({ seal, onChange }: { seal: Seal; onChange: (seal: Seal) => void }) {
  const isWrong = seal.by === "recipient" && seal.text !== "" && !isSealed(seal);
  return (
    <>
      <Select
        label="Sealed with"
        data={ways}
        value={seal.by}
        onChange={(by) => onChange({ by: by as Seal["by"], text: "" })}
        allowDeselect={false}
        w={180}
      />
      {seal.by === "passphrase" ? (
        <PasswordInput
          label="Passphrase"
          value={seal.text}
          onChange={(event) => onChange({ ...seal, text: event.currentTarget.value })}
          autoComplete="new-password"
          w={220}
        />
      ) : (
        <TextInput
          label="Recipient"
          placeholder="age1…"
          value={seal.text}
          onChange={(event) => onChange({ ...seal, text: event.currentTarget.value })}
          error={isWrong && "A recipient of age has 62 characters and begins with age1."}
          spellCheck={false}
          w={320}
          maw="100%"
        />
      )}
    </>
  );
}

/** What that means for whoever has the file. */
export function sealWords({ by }: Seal): string {
  return by === "passphrase"
    ? "All of the profile, sealed with a passphrase of at least 8 characters. Without it nobody can open the file, nor can we."
    : "All of the profile, sealed to an age recipient, as age-keygen makes them. Only who has its key can open the file.";
}
