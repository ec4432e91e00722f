import classes from "./logo.module.css";

/** The mark: a pointer that reaches onto a desk. With `withName`, the product's name beside it. */
export function Logo({ withName = true }: { withName?: boolean }) {
  return (
    <span className={classes.logo}>
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
        <rect className={classes.tile} x="1" y="1" width="22" height="22" rx="6.5" />
        <path className={classes.desk} d="M6 17.5h12" />
        <path className={classes.pointer} d="M9 5.6l7.2 4.1-3.1 1 -1.7 2.9z" />
      </svg>
      {withName ? <span className={classes.name}>Deskhand</span> : <span className={classes.hidden}>Deskhand</span>}
    </span>
  );
}
