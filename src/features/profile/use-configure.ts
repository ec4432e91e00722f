import type { ProfileDetail } from "@deskhand/shared/schemas/profile";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

/** Changes what one profile is like, signed where its runner demands it. A setting that is not named stays as it is. */
export function useConfigure(profile: Pick<ProfileDetail, "id" | "projectId" | "runnerId" | "revision" | "settings">) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async (changes: Partial<ProfileSettings>) => {
      const { id, projectId, runnerId, revision, settings } = profile;
      const payload = { profiles: [{ profileId: id, revision: revision + 1, settings: { ...settings, ...changes } }] };
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      const signedManifest = await sign(runner, () => orderManifest(runnerId, "profile.configure", payload));
      await client.profile.configure.mutate({ projectId, runnerId, ...payload, signedManifest });
    },
    onSettled: () => queryClient.invalidateQueries(trpc.profile.get.queryFilter({ id: profile.id })),
    onError: notifyError,
  });
}
