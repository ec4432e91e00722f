import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { changeScheduleInput, ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { signRenewal } from "@deskhand/shared/signing/sign-renewal";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import type * as z from "zod";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { sealSecrets } from "./seal-secrets.ts";

type ChangeRequest = {
  /** As it is now. */
  terms: ScheduleRenewal;
  recording: Record<string, unknown>;
  runner: RunnerView;
  profileIds: string[];
  plain: InputValues;
  secret: Record<string, string>;
  /** Secret ones that stay as they are. */
  sealed: InputValues;
  schedule: Schedule;
};

/**
 * Seals the secrets that are given anew, signs, has the changed schedule take the place of the one that there is, and goes to it. The same
 * request sent again is the same change, so that it goes on where it stopped.
 */
export function useChangeSchedule() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { sign } = useSigner();
  const sent = useRef<{ request: string; body: z.input<typeof changeScheduleInput> } | null>(null);

  async function bodyOf({ terms, recording, runner, profileIds, plain, secret, sealed, schedule }: ChangeRequest) {
    const inputs = { ...plain, ...(await sealSecrets(runner, secret)), ...sealed };
    const leaveOut = Object.keys(terms.inputs).filter((name) => !Object.hasOwn(inputs, name));
    // plain http has no way to name it, and none to sign
    const newId = window.isSecureContext ? { newId: crypto.randomUUID() as string } : {};
    const body = { id: terms.deploymentId, profileIds, inputs, leaveOut, schedule, ...newId };
    if (!runner.signaturesRequired) return body;
    const parsed = parseRecordingData(recording);
    if (!parsed.ok) throw new Error("The workflow cannot be read.");
    const profiles = profileIds.map((id) => ({ id, name: "" }));
    const changed = { ...terms, profiles, inputs, schedule, replacedById: null };
    return { ...body, ...(await signRenewal(changed, parsed.recording, (manifest) => sign(runner, () => manifest))) };
  }

  return useMutation({
    mutationFn: async (request: ChangeRequest) => {
      const text = JSON.stringify(request);
      if (sent.current?.request !== text) sent.current = { request: text, body: await bodyOf(request) };
      return client.deployment.changeSchedule.mutate(sent.current.body);
    },
    onSuccess: ({ id }) => router.push(`/dashboard/deployments/${id}`),
    // also after a failure: the new one may be there, and the old one not ended
    onSettled: () => Promise.all([trpc.deployment, trpc.trigger].map((part) => queryClient.invalidateQueries(part.pathFilter()))),
  });
}
