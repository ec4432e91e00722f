import { Logo } from "./logo.tsx";
import classes from "./shell-skeleton.module.css";

const links = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];

/** The dashboard's frame in plain HTML and CSS, in the geometry of {@link DashboardShell}: what the server sends until the page lives. */
export function ShellSkeleton() {
  return (
    <div className={classes.frame} aria-busy="true">
      <span className={classes.hidden} role="status">
        Loading
      </span>
      <div className={classes.header} aria-hidden>
        <Logo />
      </div>
      <div className={classes.navbar} aria-hidden>
        <div className={classes.brand}>
          <Logo />
        </div>
        <div className={classes.switcher} />
        {links.map((link) => (
          <div key={link} className={classes.link} />
        ))}
      </div>
      <main className={classes.main} aria-label="Loading">
        <div className={classes.page}>
          <PageSkeleton />
        </div>
      </main>
    </div>
  );
}

/** A page's title and a list, before either is known. */
export function PageSkeleton() {
  return (
    <div aria-hidden>
      <div className={classes.title} />
      <div className={classes.words} />
      <div className={classes.panel} />
    </div>
  );
}
