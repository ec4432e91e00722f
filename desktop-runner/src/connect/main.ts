import { type ConnectionSession, openConnection } from "./connection-session.ts";
import type { FromConnection, ToConnection } from "./messages.ts";

/** The process of one connected profile: it holds Playwright, the gate and the browser, and ends with its parent. */
process.umask(0o077);

let session: ConnectionSession | undefined;

function send(message: FromConnection, then: () => void = () => {}): void {
  if (process.send && process.connected) process.send(message, undefined, undefined, then);
  else then();
}

process.on("message", (message: ToConnection) => {
  if (message.type === "policy") session?.setPolicy(message.policy);
  if (message.type === "close") session?.close();
  if (message.type !== "connect" || session) return;
  session = openConnection(message, send);
  void session.done.then((ending) => send({ type: "ended", ...ending }, () => process.exit(0)));
});
process.on("disconnect", () => (session ? session.close() : process.exit(0)));
// a terminal's Ctrl-C reaches the whole group: our parent says when it is time
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
process.on("SIGTERM", () => session?.close());
