"use client";

import { Logo } from "@/features/shell/logo";
import classes from "./message-page.module.css";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className={classes.page}>
      <Logo withName={false} />
      <h1 className={classes.title}>Something went wrong on this page</h1>
      <p className={classes.words}>Nothing was lost. Try again; if it happens again, tell whoever runs this installation.</p>
      {error.digest && <p className={classes.words}>Error {error.digest}</p>}
      <button type="button" className={classes.button} onClick={reset}>
        Try again
      </button>
    </main>
  );
}
