import { randomBytes } from "node:crypto";
import type { Context } from "@/server/context";
import { createAccount } from "@/server/domain/account/create-account";
import { hashPassword } from "@/server/domain/account/password";
import { createApiKey } from "@/server/domain/api-key/create-api-key";
import { createWorkflow } from "@/server/domain/workflow/create-workflow";
import { practiceRecording } from "./practice-recording.ts";

/** What the first start made; the password and the key are told this once. */
export type Demo = { email: string; password: string; apiKey: string; projectId: string; workflowId: string };

/**
 * For an empty database: an owner who is also the installation's operator, a project, a key and the sample workflow.
 * @returns null when there is an account already
 */
export async function createDemo(ctx: Context, input: { publicUrl: string }): Promise<Demo | null> {
  if ((await ctx.db.user.count()) > 0) return null;
  const email = "owner@deskhand.local";
  const password = randomBytes(12).toString("base64url");
  const { userId, projectId } = await createAccount(ctx, {
    name: "Owner",
    email,
    passwordHash: await hashPassword(password),
    isOperator: true,
  });
  const asOwner: Context = { ...ctx, actor: { kind: "user", userId, sessionId: "first-run" } };
  const apiKey = await createApiKey(asOwner, { projectId, name: "First start", scopes: ["read", "run", "write", "manage"] });
  const workflow = await createWorkflow(asOwner, { projectId, recording: JSON.stringify(practiceRecording(input.publicUrl)) });
  return { email, password, apiKey: apiKey.key, projectId, workflowId: workflow.id };
}
