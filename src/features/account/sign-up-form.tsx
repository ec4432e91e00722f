"use client";

import { signUpInput } from "@deskhand/shared/schemas/account";
import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ErrorMessage } from "@/components/error-state";
import { type Words, wordsFor } from "@/components/error-words";
import { useTRPC } from "@/trpc/client";
import { ProviderButtons } from "./provider-buttons.tsx";
import { safeNext } from "./safe-next.ts";
import { askToSignIn } from "./sign-in-form.tsx";

const check = schemaResolver(signUpInput, { sync: true });

/** What to say about a field that nobody filled in yet. */
function missing({ name, email, password }: { name: string; email: string; password: string }) {
  return {
    ...(name.trim() === "" ? { name: "Your name is needed." } : {}),
    ...(email.trim() === "" ? { email: "Your e-mail address is needed." } : {}),
    ...(password === "" ? { password: "A password is needed." } : {}),
  };
}

type Props = { next: string | undefined; providers: ("github" | "google")[] };

/** Makes an account, signs in with it and goes on to the dashboard. */
export function SignUpForm({ next, providers }: Props) {
  const trpc = useTRPC();
  const target = safeNext(next);
  const [problem, setProblem] = useState<Words | null>(null);
  const [busy, setBusy] = useState(false);
  const signUp = useMutation(trpc.account.signUp.mutationOptions());
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", email: "", password: "" },
    validate: (values) => ({ ...check(values), ...missing(values) }),
    validateInputOnBlur: ["email"],
  });
  const submit = async (values: typeof form.values) => {
    setBusy(true);
    setProblem(null);
    try {
      await signUp.mutateAsync(values);
      const refusal = await askToSignIn(values);
      if (refusal === null) return window.location.assign(target);
      setProblem(refusal);
    } catch (error) {
      const words = wordsFor(error);
      if (words.code === "EMAIL_TAKEN") form.setFieldError("email", `${words.title} ${words.whatToDo}`);
      else setProblem(words);
    }
    setBusy(false);
  };
  return (
    <Stack gap="lg">
      <div>
        <Title order={1}>Create your account</Title>
        <Text size="sm" c="dimmed" mt={4}>
          Have one already?{" "}
          <Anchor component={Link} href={next ? `/sign-in?next=${encodeURIComponent(target)}` : "/sign-in"} inherit underline="always">
            Sign in
          </Anchor>
        </Text>
      </div>
      {problem && <ErrorMessage words={problem} />}
      <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate aria-label="Create your account">
        <Stack gap="md">
          <TextInput label="Name" autoComplete="name" maxLength={80} key={form.key("name")} {...form.getInputProps("name")} />
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
            description="At least 10 characters. A few words in a row are good."
            autoComplete="new-password"
            maxLength={200}
            visibilityToggleButtonProps={{ "aria-label": "Show the password" }}
            key={form.key("password")}
            {...form.getInputProps("password")}
          />
          <Button type="submit" fullWidth loading={busy} mt="xs">
            Create account
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
