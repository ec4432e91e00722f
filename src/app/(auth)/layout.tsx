import Link from "next/link";
import type { ReactNode } from "react";
import { AfterMount } from "@/components/after-mount";
import { Logo } from "@/features/shell/logo";
import classes from "./auth.module.css";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <Link href="/" className={classes.home}>
          <Logo />
        </Link>
      </header>
      <main className={classes.main}>
        <div className={classes.card}>
          <AfterMount fallback={<FormSkeleton />}>{children}</AfterMount>
        </div>
      </main>
    </div>
  );
}

function FormSkeleton() {
  return (
    <div className={classes.skeleton} aria-busy="true">
      <span className={classes.title} />
      <span className={classes.line} />
      <span className={classes.field} />
      <span className={classes.field} />
      <span className={classes.field} />
    </div>
  );
}
