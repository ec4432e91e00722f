import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "@/features/shell/logo";
import { SchemeToggle } from "@/features/shell/scheme-toggle";
import classes from "./admin-shell.module.css";

/** The frame of the operator's pages: apart from any project, and the way back. */
export function AdminShell({ children }: { children: ReactNode }) {
  return (
    <>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <Header tools={<SchemeToggle />} />
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </>
  );
}

/** The same before the page lives: plain HTML. */
export function AdminSkeleton() {
  return (
    <div aria-busy="true">
      <Header tools={null} />
      <main className={classes.main} aria-label="Loading" />
    </div>
  );
}

function Header({ tools }: { tools: ReactNode }) {
  return (
    <header className={classes.header}>
      <Link href="/dashboard" className={classes.home} aria-label="Deskhand, dashboard">
        <Logo />
      </Link>
      <span className={classes.section}>Installation</span>
      <nav aria-label="Main" className={classes.links}>
        <Link href="/dashboard">Dashboard</Link>
      </nav>
      {tools}
    </header>
  );
}
