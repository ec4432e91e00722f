import type { CreateDeploymentInput, InputValues } from "@deskhand/shared/schemas/deployment";
import type { Manifest } from "@deskhand/shared/schemas/manifest";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { deployManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { sealSecrets } from "./seal-secrets.ts";

type DeployRequest = {
  projectId: string;
  workflowId: string;
  version: number;
  recording: Record<string, unknown>;
  runner: Pick<RunnerView, "id" | "projectId" | "sealRecipient" | "signaturesRequired">;
  profileIds: string[];
  plain: InputValues;
  secret: Record<string, string>;
  /** After its steps the person records more of them. */
  record?: boolean | undefined;
  /** In a window on the runner's screen. */
  window?: boolean | undefined;
  /** A person tries a draft in the run, which this is told. */
  onTrial?: ((runId: string) => void) | undefined;
  /** When the runner has it run by itself; once, now, when undefined. */
  schedule?: Schedule | undefined;
};

/**
 * Seals the secrets, signs, deploys, and goes to the run (or, for several profiles, to the deployment). The same request sent again
 * after a lost answer carries the same key and the same ciphertext, so it never runs twice.
 */
export function useDeploy() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const { sign } = useSigner();
  const sent = useRef<{ request: string; body: CreateDeploymentInput } | null>(null);

  return useMutation({
    mutationFn: async (request: DeployRequest) => {
      const text = JSON.stringify(request);
      if (sent.current?.request !== text) {
        const body = await bodyOf(request);
        const manifest = () => manifestOf(request, body.inputs);
        sent.current = { request: text, body: { ...body, signedManifest: await sign(request.runner, manifest) } };
      }
      return client.deployment.create.mutate(sent.current.body);
    },
    onSuccess: async (deployment, { record, onTrial }) => {
      await queryClient.invalidateQueries(trpc.run.list.pathFilter());
      const [first, ...more] = deployment.runIds;
      if (onTrial) return first && onTrial(first);
      router.push(
        first && more.length === 0 ? `/dashboard/runs/${first}${record ? "?record=1" : ""}` : `/dashboard/deployments/${deployment.id}`,
      );
    },
  });
}

/** What the person has on the screen, as it is signed. */
async function manifestOf(
  { runner, workflowId, version, recording, profileIds, schedule }: DeployRequest,
  inputs: InputValues,
): Promise<Manifest> {
  const parsed = parseRecordingData(recording);
  if (!parsed.ok) throw new Error("The workflow cannot be read.");
  const workflow = { id: workflowId, version };
  return deployManifest({ runnerId: runner.id, workflow, recording: parsed.recording, profileIds, inputs, schedule });
}

async function bodyOf({
  projectId,
  workflowId,
  version,
  runner,
  profileIds,
  plain,
  secret,
  schedule,
  record,
  window: inWindow,
  onTrial,
}: DeployRequest): Promise<CreateDeploymentInput> {
  const inputs = { ...plain, ...(await sealSecrets(runner, secret)) };
  return {
    projectId,
    workflowId,
    version,
    runnerId: runner.id,
    profileIds,
    inputs,
    schedule,
    ...(record && { record }),
    ...(record && inWindow && { window: true }),
    ...(onTrial && { trial: true }),
    idempotencyKey: newKey(),
  };
}

/** `crypto.randomUUID` is missing on plain http, where a page without secrets still works. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
