import { Anchor } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** The way up, above a page's title. */
export function BackLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor component={Link} href={href} size="sm" c="dimmed" mb={6} display="inline-flex" style={{ alignItems: "center", gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      {children}
    </Anchor>
  );
}
