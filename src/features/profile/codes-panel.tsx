import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import { Button, Code, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { isRecipientRight } from "@/trpc/browser-key";
import { useTRPC } from "@/trpc/client";
import { WordedError } from "@/trpc/worded-error";
import { useConfigure } from "./use-configure.ts";

/** What one-time codes of a second factor are made from; it is sealed here, and only the runner can open it. */
export function CodesPanel({ profile }: { profile: ProfileDetail }) {
  const trpc = useTRPC();
  const configure = useConfigure(profile);
  const runner = useQuery(trpc.runner.get.queryOptions({ id: profile.runnerId }));
  const [secret, setSecret] = useState("");
  const [wrong, setWrong] = useState<string | null>(null);
  const isSet = typeof profile.settings.totp === "string";

  const save = async () => {
    if (!isCodeSecret(secret)) return setWrong("This is neither a base32 secret nor an otpauth://totp address.");
    const { sealRecipient } = runner.data ?? {};
    if (!sealRecipient) return;
    if (!(await isRecipientRight(profile.runnerId, sealRecipient))) {
      throw new WordedError({
        title: "The server names another key for this runner than its computer did.",
        whatToDo: "Nothing was sent. Ask whoever runs the server.",
      });
    }
    const { sealFor } = await import("@/trpc/seal");
    await configure.mutateAsync({ totp: await sealFor(sealRecipient, secret.trim()) });
    setSecret("");
    notifyDone("One-time codes are made on the runner from now on.");
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save().catch(notifyError);
  };
  return (
    <Panel
      title="One-time codes"
      description="For sites with a second factor: a workflow writes the code of the moment with {{profile.code}}. The secret is sealed to the runner and never shown again."
    >
      <Stack gap="sm">
        {isSet && (
          <Group gap="xs">
            <Text size="sm">A secret is set.</Text>
            <ConfirmButton
              size="compact-xs"
              title="Remove the secret?"
              confirmLabel="Remove"
              message="Workflows that use its codes fail until another is entered."
              onConfirm={async () => {
                await configure.mutateAsync({ totp: null });
                notifyDone("The secret was removed.");
              }}
            >
              Remove
            </ConfirmButton>
          </Group>
        )}
        <form onSubmit={submit}>
          <Group gap="xs" align="flex-start">
            <PasswordInput
              aria-label="Secret for one-time codes"
              placeholder={isSet ? "Another secret" : "Secret, or otpauth://…"}
              autoComplete="off"
              value={secret}
              error={wrong}
              onChange={(event) => {
                setSecret(event.currentTarget.value);
                setWrong(null);
              }}
              style={{ flex: "1 1 16rem", maxWidth: 420 }}
            />
            <Button type="submit" variant="default" loading={configure.isPending} disabled={secret.trim() === "" || !runner.data}>
              Save
            </Button>
          </Group>
        </form>
        <Text size="xs" c="dimmed">
          It is the text that the site shows beside the QR code, such as <Code>JBSW Y3DP EHPK 3PXP</Code>.
        </Text>
      </Stack>
    </Panel>
  );
}

/** Looks like what sites show: base32 of at least 80 bits, or the address in the QR code. */
function isCodeSecret(text: string): boolean {
  const plain = text.trim();
  if (/^otpauth:\/\/totp\//i.test(plain)) return /[?&]secret=[a-z2-7=]{8,}/i.test(plain);
  return /^[a-z2-7]{16,}=*$/i.test(plain.replaceAll(/[\s-]/g, ""));
}
