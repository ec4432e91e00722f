"use client";

import classes from "./message-page.module.css";

/** Replaces the whole document when the root layout itself failed, so it needs nothing but its own style sheet. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className={classes.page}>
          <h1 className={classes.title}>Deskhand could not show this page</h1>
          <p className={classes.words}>Try again; if it happens again, tell whoever runs this installation.</p>
          <button type="button" className={classes.button} onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
