import type { CreateDeploymentInput, InputValues } from "@deskhand/shared/schemas/deployment";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useTRPC, useTRPCClient } from "@/trpc/client";

type DeployRequest = {
  projectId: string;
  workflowId: string;
  version: number;
  runner: Pick<RunnerView, "id" | "sealRecipient">;
  profileIds: string[];
  plain: InputValues;
  secret: Record<string, string>;
};

/**
 * Seals the secrets, deploys, and goes to the run (or, for several profiles, to the workflow's runs). The same request sent again
 * after a lost answer carries the same key and the same ciphertext, so it never runs twice.
 */
export function useDeploy() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const router = useRouter();
  const sent = useRef<{ request: string; body: CreateDeploymentInput } | null>(null);

  return useMutation({
    mutationFn: async (request: DeployRequest) => {
      const text = JSON.stringify(request);
      if (sent.current?.request !== text) sent.current = { request: text, body: await bodyOf(request) };
      return client.deployment.create.mutate(sent.current.body);
    },
    onSuccess: async (deployment, { workflowId }) => {
      await queryClient.invalidateQueries(trpc.run.list.pathFilter());
      const [first, ...more] = deployment.runIds;
      router.push(first && more.length === 0 ? `/dashboard/runs/${first}` : `/dashboard/runs?workflow=${workflowId}`);
    },
  });
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
    const { sealInput } = await import("./seal-input.ts");
    for (const name of names) inputs[name] = { sealed: await sealInput(runner.sealRecipient, secret[name] ?? "") };
  }
  return { projectId, workflowId, version, runnerId: runner.id, profileIds, inputs, idempotencyKey: newKey() };
}

/** `crypto.randomUUID` is missing on plain http, where a page without secrets still works. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
