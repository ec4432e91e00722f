"use client";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { AfterMount } from "./after-mount.tsx";
import { cssVariablesResolver, theme } from "./theme.ts";

/**
 * Mantine with the theme and notifications. `nonce` is the request's: every style element that the browser makes later carries
 * it, also those of the scroll lock, which looks for a global of webpack's name.
 */
export function UiProviders({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  if (typeof window !== "undefined") (globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      defaultColorScheme="auto"
      getStyleNonce={nonce === undefined ? undefined : () => nonce}
    >
      <AfterMount fallback={null}>
        <Notifications position="bottom-right" limit={4} />
      </AfterMount>
      {children}
    </MantineProvider>
  );
}
