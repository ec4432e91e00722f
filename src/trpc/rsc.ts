import { headers } from "next/headers";
import { authenticateRequest } from "@/server/authenticate-request";

/** Does the request come from a signed-in person? Pages use it to choose where to send them; what they may do is decided in the use cases. */
export async function isSignedIn(): Promise<boolean> {
  const actor = await authenticateRequest(new Headers(await headers()));
  return actor.kind === "user";
}
