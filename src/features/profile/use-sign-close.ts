import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

type Held = { profileId: string; runnerId: string; holderKind: string };

/** Signs for the end of what has a profile open, where its runner demands that. A run is cancelled, which nobody signs. */
export function useSignClose() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return async ({ profileId, runnerId, holderKind }: Held): Promise<string | undefined> => {
    if (holderKind === "run") return undefined;
    const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
    return sign(runner, () => orderManifest(runnerId, "profile.close", { profileId }));
  };
}
