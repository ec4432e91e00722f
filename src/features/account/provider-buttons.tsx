"use client";

import { Button, Stack } from "@mantine/core";
import { IconBrandGithub, IconBrandGoogle } from "@tabler/icons-react";
import { signIn } from "next-auth/react";

const known = {
  github: { label: "Continue with GitHub", icon: IconBrandGithub },
  google: { label: "Continue with Google", icon: IconBrandGoogle },
};

/** The other services to sign in with; they also make the account the first time. */
export function ProviderButtons({ providers, next }: { providers: ("github" | "google")[]; next: string }) {
  return (
    <Stack gap="xs">
      {providers.map((provider) => {
        const { label, icon: Icon } = known[provider];
        return (
          <Button
            key={provider}
            variant="default"
            fullWidth
            leftSection={<Icon size={17} aria-hidden />}
            onClick={() => void signIn(provider, { callbackUrl: next })}
          >
            {label}
          </Button>
        );
      })}
    </Stack>
  );
}
