import { errorWords } from "@deskhand/shared/error-words";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { configureMade } from "@deskhand/shared/signing/configure-made";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useQueryClient } from "@tanstack/react-query";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { WordedError } from "@/trpc/worded-error";

type Made = { id: string; toSign?: ProfileSettings | undefined };

/** Makes profiles, each as a device of its own, signed where their runner demands it. Nothing is made when this browser may not sign. */
export function useMakeProfiles() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign, isApproved } = useSigner();
  return async function make<T extends Made>(runnerId: string, create: () => Promise<T[]>): Promise<T[]> {
    const runner = await queryClient.fetchQuery({ ...trpc.runner.get.queryOptions({ id: runnerId }), staleTime: 10_000 });
    if (!(await isApproved(runner))) throw new WordedError(errorWords.SIGNER_NOT_APPROVED);
    const made = await create();
    await configureMade(made, async (profiles) => {
      const signedManifest = await sign(runner, () => orderManifest(runnerId, "profile.configure", { profiles }));
      await client.profile.configure.mutate({ projectId: runner.projectId, runnerId, profiles, signedManifest });
    });
    return made;
  };
}
