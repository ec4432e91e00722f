import type { AlertSettingsView, changeAlertSettingsInput } from "@deskhand/shared/schemas/alert";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { sendSignals } from "@/server/signals";
import { showAlertSettings } from "./queries.ts";

/** When a runner of the project counts as silent. @throws AppError NOT_FOUND; FORBIDDEN */
export async function changeAlertSettings(
  ctx: Context,
  input: z.output<typeof changeAlertSettingsInput>,
  { emailReady }: { emailReady: boolean },
): Promise<AlertSettingsView> {
  const { projectId } = await authorize(ctx, input.projectId, "alert.manage");
  await ctx.db.$transaction(async (tx) => {
    await tx.project.update({ where: { id: projectId }, data: { silentAfterMinutes: input.silentAfterMinutes } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id: projectId }]);
  });
  return showAlertSettings(ctx, projectId, { emailReady });
}
