import * as z from "zod";
import { id, instant, name } from "./common.ts";

export const memberRole = z.enum(["owner", "admin", "member"]);
export type MemberRole = z.infer<typeof memberRole>;

/** What an actor may be allowed to do in a project. Every procedure names one of these, or says that it is public or the account's own. */
export const permissions = [
  "project.read",
  "project.manage",
  "runner.manage",
  "profile.write",
  "workflow.write",
  "run.write",
  "apiKey.manage",
  "alert.manage",
] as const;
export type Permission = (typeof permissions)[number];

export const createProjectInput = z.object({ name });
export const renameProjectInput = z.object({ id, name });

export const projectView = z.object({ id, name: z.string(), role: memberRole, createdAt: instant });
export type ProjectView = z.infer<typeof projectView>;

export const projectList = z.object({ items: z.array(projectView) });
