import classes from "./run-picture.module.css";

const steps = [
  { verb: "Open", target: "shop.example/sign-in", time: "0.4 s", state: "done" },
  { verb: "Fill in", target: "E-mail", time: "0.1 s", state: "done" },
  { verb: "Fill in", target: "Password", time: "0.1 s", state: "done" },
  { verb: "Click", target: "Sign in", time: "0.6 s", state: "done" },
  { verb: "Read", target: "Orders", time: "", state: "now" },
  { verb: "Take screenshot", target: "Orders page", time: "", state: "next" },
];

/** A run as its page shows it, drawn for the home page. */
export function RunPicture() {
  return (
    <div
      className={classes.frame}
      role="img"
      aria-label="A run in Deskhand: four steps are done, the fifth is under way, beside a live view of the page"
    >
      <div className={classes.steps} aria-hidden>
        <div className={classes.head}>
          <span>Collect new orders</span>
          <span className={classes.running}>Running</span>
        </div>
        {steps.map(({ verb, target, time, state }) => (
          <div key={verb + target} className={classes.step} data-state={state}>
            <span className={classes.mark} />
            <span className={classes.verb}>{verb}</span>
            <span className={classes.target}>{target}</span>
            <span className={classes.time}>{time}</span>
          </div>
        ))}
      </div>
      <div className={classes.view} aria-hidden>
        <div className={classes.bar}>
          <span />
          <span />
          <span />
          <div className={classes.address}>shop.example/orders</div>
        </div>
        <div className={classes.content}>
          <div className={classes.heading} />
          {["a", "b", "c", "d", "e"].map((row) => (
            <div key={row} className={classes.row}>
              <span />
              <span />
              <span />
            </div>
          ))}
        </div>
        <div className={classes.place}>
          <i /> office-mac · shop account 1
        </div>
      </div>
    </div>
  );
}
