import { headers } from "next/headers";
import { configuredProviders } from "@/server/auth-options";
import { authenticateRequest } from "@/server/authenticate-request";
import { serverProcess } from "@/server/process";

/** Does the request come from a signed-in person? Pages use it to choose where to send them; what they may do is decided in the use cases. */
export async function isSignedIn(): Promise<boolean> {
  const actor = await authenticateRequest(new Headers(await headers()));
  return actor.kind === "user";
}

/** The address of the page that was asked for: path and query. */
export async function askedPath(): Promise<string> {
  return (await headers()).get("x-path") ?? "/dashboard";
}

/** Other ways to sign in that this installation has set up. */
export function signInProviders(): ("github" | "google")[] {
  return configuredProviders(serverProcess().env);
}
