"use client";

import { isErrorCode } from "@deskhand/shared/error-codes";
import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import Link from "next/link";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { ErrorMessage } from "@/components/error-state";
import { type Words, wordsFor, wordsForCode } from "@/components/error-words";
import { ProviderButtons } from "./provider-buttons.tsx";
import { safeNext } from "./safe-next.ts";

type Props = { next: string | undefined; error: string | undefined; providers: ("github" | "google")[] };

/** E-mail and password, and the providers that are set up; `error` is what a provider's redirect came back with. */
export function SignInForm({ next, error, providers }: Props) {
  const [problem, setProblem] = useState<Words | null>(error ? wordsOfRefusal(error) : null);
  const [busy, setBusy] = useState(false);
  const target = safeNext(next);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (value.trim() === "" ? "Your e-mail address is needed." : null),
      password: (value) => (value === "" ? "Your password is needed." : null),
    },
  });
  const submit = async (values: typeof form.values) => {
    setBusy(true);
    setProblem(null);
    const refusal = await askToSignIn(values);
    // what stands behind the # of the page that was asked for came along and is for it alone
    if (refusal === null) return window.location.assign(target.includes("#") ? target : `${target}${window.location.hash}`);
    setProblem(refusal);
    setBusy(false);
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Sign in</Title>
        <Text size="sm" c="dimmed" mt={4}>
          New here?{" "}
          <Anchor component={Link} href={next ? `/sign-up?next=${encodeURIComponent(target)}` : "/sign-up"} inherit underline="always">
            Create an account
          </Anchor>
        </Text>
      </div>
      {problem && <ErrorMessage words={problem} />}
      <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate aria-label="Sign in">
        <Stack gap="md">
          <TextInput
            label="E-mail"
            type="email"
            autoComplete="username"
            inputMode="email"
            maxLength={254}
            key={form.key("email")}
            {...form.getInputProps("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="current-password"
            maxLength={200}
            visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Button type="submit" fullWidth loading={busy} mt="xs">
            Sign in
          </Button>
        </Stack>
      </form>
      {providers.length > 0 && (
        <>
          <Divider label="or" />
          <ProviderButtons providers={providers} next={target} />
        </>
      )}
    </Stack>
  );
}

/** Signs in with a password; null when it worked, else the words for why not. */
export async function askToSignIn(values: { email: string; password: string }): Promise<Words | null> {
  try {
    const answer = await signIn("credentials", { ...values, redirect: false });
    return answer?.error ? wordsOfRefusal(answer.error) : null;
  } catch (error) {
    return wordsFor(error);
  }
}

function wordsOfRefusal(error: string): Words {
  if (isErrorCode(error)) return wordsForCode(error);
  if (error === "AccessDenied" || error === "Callback" || error.startsWith("OAuth")) {
    return {
      title: "The other service did not sign you in.",
      whatToDo: "Try again, or sign in with your e-mail and password.",
      code: null,
      details: null,
    };
  }
  return wordsForCode("SIGN_IN_FAILED");
}
