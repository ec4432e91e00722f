import type { InputValues } from "@deskhand/shared/schemas/deployment";
import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { testInputs } from "@deskhand/shared/schemas/test-inputs";
import { deployManifest } from "@deskhand/shared/signing/make-manifest";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { isRecipientRight } from "@/trpc/browser-key";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";

type RunTests = {
  projectId: string;
  workflowId: string;
  version: number;
  recording: Record<string, unknown>;
  runner: Pick<RunnerView, "id" | "projectId" | "sealRecipient" | "signaturesRequired">;
  profileId: string;
  names: string[];
  /** for all of the tests */
  secrets: Record<string, string>;
};

const wrongRecipient =
  "The server names another key for this runner's secrets than its computer did, so they were not sent. If the runner was paired anew, open a new link from “deskhand keys link”.";

/** Seals the secrets, signs each test as the deployment that it is, and has them run. */
export function useRunTests() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async ({ recording, runner, names, secrets, ...rest }: RunTests) => {
      const parsed = parseRecordingData(recording);
      if (!parsed.ok) throw new Error("The workflow cannot be read.");
      const sealed = await seal(runner, secrets);
      const tests = [];
      for (const name of names) {
        const inputs = { ...inputsOf(parsed.recording, name), ...sealed };
        const workflow = { id: rest.workflowId, version: rest.version };
        const manifest = () =>
          deployManifest({ runnerId: runner.id, workflow, recording: parsed.recording, profileIds: [rest.profileId], inputs });
        const signedManifest = await sign(runner, manifest);
        tests.push({ name, secrets: sealed, ...(signedManifest && { signedManifest }) });
      }
      return client.workflow.startTests.mutate({ ...rest, runnerId: runner.id, tests });
    },
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(trpc.workflow.testRuns.pathFilter()),
        queryClient.invalidateQueries(trpc.run.list.pathFilter()),
      ]);
    },
  });
}

function inputsOf(recording: Recording, name: string): InputValues {
  const inputs = testInputs(recording, name);
  if (!inputs) throw new Error(`The inputs of the test “${name}” do not fit the workflow any more.`);
  return inputs;
}

async function seal(
  { id, sealRecipient }: RunTests["runner"],
  secrets: Record<string, string>,
): Promise<Record<string, { sealed: string }>> {
  const given = Object.entries(secrets).filter(([, value]) => value !== "");
  if (given.length === 0) return {};
  if (!(await isRecipientRight(id, sealRecipient))) throw new Error(wrongRecipient);
  const { sealFor } = await import("@/trpc/seal");
  return Object.fromEntries(
    await Promise.all(given.map(async ([name, value]) => [name, { sealed: await sealFor(sealRecipient, value) }] as const)),
  );
}
