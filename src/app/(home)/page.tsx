import Link from "next/link";
import { redirect } from "next/navigation";
import { Logo } from "@/features/shell/logo";
import { isSignedIn } from "@/trpc/rsc";
import classes from "./home.module.css";
import { RunPicture } from "./run-picture.tsx";

const promises = [
  {
    title: "Your machine, your data",
    words:
      "Cookies, sign-ins, screenshots and results stay on the computer that does the work. The dashboard reads them only while you look.",
  },
  {
    title: "Every run exactly once",
    words: "Close the laptop, lose the network, restart the server: no run is lost and none is done twice. When one fails, it says why.",
  },
  {
    title: "A click or a command",
    words: "Record in Chrome DevTools and deploy from here, from the terminal or over the REST API, with the same power in each.",
  },
];

export default async function HomePage() {
  if (await isSignedIn()) redirect("/dashboard");
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <Logo />
        <nav className={classes.nav} aria-label="Account">
          <Link href="/sign-in" className={classes.quiet}>
            Sign in
          </Link>
          <Link href="/sign-up" className={classes.button}>
            Create account
          </Link>
        </nav>
      </header>
      <main>
        <section className={classes.hero}>
          <h1 className={classes.title}>Browser automation that runs on machines you own</h1>
          <p className={classes.lead}>
            Record a workflow once, deploy it to your own computers, and watch every step as it happens. Your cookies and results stay where
            they are.
          </p>
          <div className={classes.actions}>
            <Link href="/sign-up" className={classes.button} data-large>
              Get started
            </Link>
            <Link href="/sign-in" className={classes.outline} data-large>
              Sign in
            </Link>
          </div>
        </section>
        <RunPicture />
        <section className={classes.promises} aria-label="What you can rely on">
          {promises.map(({ title, words }) => (
            <div key={title}>
              <h2 className={classes.promise}>{title}</h2>
              <p className={classes.words}>{words}</p>
            </div>
          ))}
        </section>
      </main>
      <footer className={classes.footer}>Deskhand runs on your own machines.</footer>
    </div>
  );
}
