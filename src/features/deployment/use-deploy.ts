import type { CreateDeploymentInput, InputValues } from "@deskhand/shared/schemas/deployment";
import type { Manifest } from "@deskhand/shared/schemas/manifest";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { deployManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { isRecipientRight } from "@/trpc/browser-key";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

type DeployRequest = {
  projectId: string;
  workflowId: string;
  version: number;
  recording: Record<string, unknown>;
  runner: Pick<RunnerView, "id" | "projectId" | "sealRecipient" | "signaturesRequired">;
  profileIds: string[];
  plain: InputValues;
  secret: Record<string, string>;
};

/**
 * Seals the secrets, signs, deploys, and goes to the run (or, for several profiles, to the workflow's runs). The same request sent again
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
    onSuccess: async (deployment, { workflowId }) => {
      await queryClient.invalidateQueries(trpc.run.list.pathFilter());
      const [first, ...more] = deployment.runIds;
      router.push(first && more.length === 0 ? `/dashboard/runs/${first}` : `/dashboard/runs?workflow=${workflowId}`);
    },
  });
}

const wrongRecipient =
  "The server names another key for this runner's secrets than its computer did, so they were not sent. If the runner was paired anew, open a new link from “deskhand keys link”.";

/** What the person has on the screen, as it is signed. */
async function manifestOf({ runner, workflowId, version, recording, profileIds }: DeployRequest, inputs: InputValues): Promise<Manifest> {
  const parsed = parseRecordingData(recording);
  if (!parsed.ok) throw new Error("The workflow cannot be read.");
  const workflow = { id: workflowId, version };
  return deployManifest({ runnerId: runner.id, workflow, recording: parsed.recording, profileIds, inputs });
}

async function bodyOf({
  projectId,
  workflowId,
  version,
  runner,
  profileIds,
  plain,
  secret,
}: DeployRequest): Promise<CreateDeploymentInput> {
  const inputs: InputValues = { ...plain };
  const names = Object.keys(secret);
  if (names.length > 0) {
    // the cryptography is not part of the page until somebody needs it
    if (!(await isRecipientRight(runner.id, runner.sealRecipient))) throw new Error(wrongRecipient);
    const { sealInput } = await import("./seal-input.ts");
    for (const name of names) inputs[name] = { sealed: await sealInput(runner.sealRecipient, secret[name] ?? "") };
  }
  return { projectId, workflowId, version, runnerId: runner.id, profileIds, inputs, idempotencyKey: newKey() };
}

/** `crypto.randomUUID` is missing on plain http, where a page without secrets still works. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
