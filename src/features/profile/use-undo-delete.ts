import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyUndo } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { watchDeleted } from "./watch-deleted.ts";

/** Says that profiles were deleted, and offers the way back for as long as they are. */
export function useUndoDelete() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { id: projectId } = useProject();
  return (words: string, ids: readonly string[], undo: () => unknown) => {
    const countDeleted = async () => {
      const asked = chunks(ids, PROFILES_AT_ONCE).map((some) =>
        client.profiles.targets.mutate({ projectId, ids: [...some], deleted: true }),
      );
      return (await Promise.all(asked)).reduce((sum, { items }) => sum + items.length, 0);
    };
    const [list] = trpc.profile.list.queryKey({ projectId });
    const hide = notifyUndo(words, undo, () => stop());
    const stop = watchDeleted(queryClient, {
      queryKey: [list, "deleted", crypto.randomUUID()],
      countDeleted,
      count: ids.length,
      onBack: (back) => {
        hide();
        notifyDone(back === ids.length ? "Back in the list." : `${back} of them are back in the list; the others are under Deleted.`);
      },
    });
  };
}
