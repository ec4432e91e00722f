import { whatStaysBehind } from "@deskhand/shared/schemas/what-stays-behind";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** The state and the folder hold the same afterwards, so that the other engine goes on where this one was. */
export const convertProfile: TaskHandler<"profile.convert"> = async (
  { profileId, to },
  { profiles, sessions, signal },
): Promise<TaskEnd> => {
  const from = to === "shared" ? "dedicated" : "shared";
  const failureCode = await sessions.convert(profileId, to, signal);
  if (failureCode !== undefined) return { state: "failed", failureCode };
  return { state: "succeeded", result: { from, to, staysBehind: whatStaysBehind(from, to, profiles.facts(profileId).flags) } };
};
