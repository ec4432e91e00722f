import { headers } from "next/headers";
import { configuredProviders } from "@/server/auth-options";
import { authenticateRequest } from "@/server/authenticate-request";
import { systemClock } from "@/server/context";
import { mayOperate } from "@/server/domain/account/policy";
import { serverProcess } from "@/server/process";

/** Does the request come from a signed-in person? Pages use it to choose where to send them; what they may do is decided in the use cases. */
export async function isSignedIn(): Promise<boolean> {
  const actor = await authenticateRequest(new Headers(await headers()));
  return actor.kind === "user";
}

/** Does it come from an operator of the installation? For the choice of a page only; each use case decides by itself. */
export async function isOperator(): Promise<boolean> {
  const parts = serverProcess();
  const actor = await authenticateRequest(new Headers(await headers()));
  return mayOperate({ ...parts, clock: systemClock, actor });
}

/** The address of the page that was asked for: path and query. */
export async function askedPath(): Promise<string> {
  return (await headers()).get("x-path") ?? "/dashboard";
}

/** Other ways to sign in that this installation has set up. */
export function signInProviders(): ("github" | "google")[] {
  return configuredProviders(serverProcess().env);
}
