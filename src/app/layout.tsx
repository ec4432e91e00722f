import "@mantine/core/styles.layer.css";
import "@mantine/charts/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/dropzone/styles.layer.css";
import "./global.css";
import { ColorSchemeScript, mantineHtmlProps } from "@mantine/core";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { UiProviders } from "@/components/ui-providers";
import { TrpcProvider } from "@/trpc/client";

export const metadata: Metadata = {
  title: { default: "Deskhand", template: "%s · Deskhand" },
  description: "Run browser automations on machines you own, from one dashboard.",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#121317" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html lang="en" {...mantineHtmlProps}>
      <head>
        {/* sets the colour scheme before the first paint; browsers hide the nonce from scripts, hence the suppressed comparison */}
        <ColorSchemeScript defaultColorScheme="auto" nonce={nonce} suppressHydrationWarning />
        {/* zod tries whether it may make functions from text, which the policy refuses and reports */}
        <script
          nonce={nonce}
          suppressHydrationWarning
          // biome-ignore lint/security/noDangerouslySetInnerHtml: a constant
          dangerouslySetInnerHTML={{ __html: "globalThis.__zod_globalConfig={jitless:true}" }}
        />
      </head>
      <body>
        <UiProviders nonce={nonce}>
          <TrpcProvider>{children}</TrpcProvider>
        </UiProviders>
      </body>
    </html>
  );
}
