import { byId } from "@deskhand/shared/schemas/common";
import type { ProfileOrder } from "@deskhand/shared/schemas/profile-order";
import { runnerHome } from "../identity/home.ts";
import type { Api } from "./api.ts";
import type { CommandContext } from "./command.ts";
import { endOfTask } from "./end-of-task.ts";
import { signOrder } from "./sign-order.ts";

type Named = { id: string; runnerId: string };

/** Has a profile's runner do something with it, and waits for what came of it. @throws CliError as {@link endOfTask}; SIGNER_NOT_APPROVED */
export async function orderProfile(api: Api, env: CommandContext["env"], { id, runnerId }: Named, order: ProfileOrder, withinMs: number) {
  const { kind, ...asked } = order;
  const signed = await signOrder(api, runnerHome(env), runnerId, `profile.${kind}`, { profileId: id, ...asked });
  const { id: taskId } = await api.post(`/profiles/${id}/orders`, { order, ...signed }, byId);
  return endOfTask(api, taskId, withinMs);
}
