import Link from "next/link";
import { Logo } from "@/features/shell/logo";
import classes from "./message-page.module.css";

export default function NotFound() {
  return (
    <main className={classes.page}>
      <Logo withName={false} />
      <h1 className={classes.title}>This page does not exist</h1>
      <p className={classes.words}>Check the address, or go on from the dashboard.</p>
      <Link href="/dashboard" className={classes.button}>
        Go to the dashboard
      </Link>
    </main>
  );
}
