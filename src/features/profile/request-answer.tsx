"use client";

import type { ProfileRequestView } from "@deskhand/shared/schemas/profile-request";
import { Button, Group } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { notifyDone, notifyError } from "@/components/notify";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSignClose } from "./use-sign-close.ts";

/** Hands a profile over, or refuses to. */
export function RequestAnswer({
  request,
}: {
  request: Pick<ProfileRequestView, "id" | "profileId" | "profileName" | "runnerId" | "holderKind">;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const client = useTRPCClient();
  const signClose = useSignClose();
  const answer = useMutation({
    mutationFn: async (given: "granted" | "refused") => {
      const signedManifest = given === "granted" ? await signClose(request) : undefined;
      await client.profileRequest.answer.mutate({ id: request.id, answer: given, signedManifest });
    },
    onError: notifyError,
    onSuccess: (_, given) => notifyDone(given === "granted" ? `${request.profileName} is handed over.` : "Refused."),
    onSettled: () => queryClient.invalidateQueries(trpc.profileRequest.pathFilter()),
  });
  return (
    <Group gap="xs">
      <Button size="xs" loading={answer.isPending} onClick={() => answer.mutate("granted")}>
        Hand over
      </Button>
      <Button size="xs" variant="default" disabled={answer.isPending} onClick={() => answer.mutate("refused")}>
        Refuse
      </Button>
    </Group>
  );
}
