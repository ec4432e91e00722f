import type { TaskEnd, TaskHandler } from "./task.ts";

/** Keeps what these profiles are like from here on. */
export const configureProfiles: TaskHandler<"profile.configure"> = ({ profiles: wanted }, { profiles }): TaskEnd => {
  profiles.configure(wanted);
  return { state: "succeeded" };
};
