"use client";

import { AppShell, Burger } from "@mantine/core";
import { useDidUpdate, useDisclosure } from "@mantine/hooks";
import Link from "next/link";
import { type ReactNode, useRef } from "react";
import classes from "./dashboard-shell.module.css";
import { LiveIndicator } from "./live-indicator.tsx";
import { Logo } from "./logo.tsx";
import { Navigation } from "./navigation.tsx";
import { SchemeToggle } from "./scheme-toggle.tsx";

type Props = { projectSwitcher: ReactNode; userMenu: ReactNode; children: ReactNode };

/** The frame of every dashboard page: sidebar, at phone width a top bar with a menu, and the page itself. */
export function DashboardShell({ projectSwitcher, userMenu, children }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const opener = useRef<HTMLButtonElement>(null);
  const closer = useRef<HTMLButtonElement>(null);
  // the keyboard follows the menu, which covers the page at phone width
  useDidUpdate(() => (opened ? closer : opener).current?.focus(), [opened]);
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 248, breakpoint: "sm", collapsed: { mobile: !opened } }}
      transitionDuration={150}
    >
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <AppShell.Header hiddenFrom="sm" className={classes.header}>
        <Link href="/dashboard" className={classes.home}>
          <Logo />
        </Link>
        <Burger ref={opener} opened={false} onClick={open} size="sm" aria-label="Open the menu" aria-expanded={opened} />
      </AppShell.Header>
      <AppShell.Navbar
        className={classes.navbar}
        data-opened={opened || undefined}
        onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && close()}
      >
        <AppShell.Section className={classes.brand}>
          <Link href="/dashboard" className={classes.home} onClick={close}>
            <Logo />
          </Link>
          <Burger ref={closer} opened onClick={close} size="sm" aria-label="Close the menu" hiddenFrom="sm" />
        </AppShell.Section>
        <AppShell.Section className={classes.switcher}>{projectSwitcher}</AppShell.Section>
        <AppShell.Section grow className={classes.pages}>
          <Navigation onNavigate={close} />
        </AppShell.Section>
        <AppShell.Section className={classes.foot}>
          <div className={classes.status}>
            <LiveIndicator />
            <SchemeToggle />
          </div>
          {userMenu}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}
