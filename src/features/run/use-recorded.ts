import type { RecordAct, Recorded } from "@deskhand/shared/protocol/recorded";
import { appendRecorded } from "@deskhand/shared/schemas/append-recorded";
import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useMemo } from "react";
import { notifyDone } from "@/components/notify";
import { baseOf, useAddVersion } from "@/features/workflow/use-add-version";
import { useTRPC } from "@/trpc/client";
import type { Hold } from "./use-hold.ts";

export type RecordedStep = { id: number; step: Step };

/** What was recorded so far, what can be done with it, and the way to keep it. */
export function useRecorded(run: Pick<RunDetail, "workflowId" | "version">, hold: Hold, recorded: Recorded | null) {
  const trpc = useTRPC();
  const router = useRouter();
  const version = useQuery(trpc.workflow.version.queryOptions({ id: run.workflowId, number: run.version }));
  const { add, question } = useAddVersion(run.workflowId);
  const { isMine } = hold;

  const base = useMemo(() => {
    const parsed = version.data && parseRecordingData(version.data.recording);
    return parsed?.ok ? parsed.recording : null;
  }, [version.data]);
  // it came from the runner: shown only as what can be read as a workflow
  const document = useMemo(() => (base && recorded ? readDocument(base, recorded) : null), [base, recorded]);
  const steps: RecordedStep[] = (recorded?.steps ?? []).flatMap(({ id }, index) => {
    const step = document?.steps[(base?.steps.length ?? 0) + index];
    return step ? [{ id, step }] : [];
  });

  const act = (wanted: RecordAct) => hold.add({ t: "record", act: wanted });
  // what was told before this page knew its hold is told again
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked for once, when the page was taken
  useEffect(() => {
    if (isMine) act({ do: "tell" });
  }, [isMine]);

  const finish = () => {
    act({ do: "finish" });
    hold.giveBack();
  };
  const save = useMutation({
    mutationFn: async () => {
      if (!document) throw new Error("Nothing was recorded yet.");
      // its tests are run first, when the profile is free again
      return add({ recording: JSON.stringify(document), draft: (document.tests?.length ?? 0) > 0, basedOn: baseOf(version.data) });
    },
    onSuccess: (made) => {
      // the page stays held, and what was recorded stays in the list
      if (!made) return;
      const { number, draft } = made;
      finish();
      notifyDone(draft ? `Version ${number} is a draft: run its tests, then publish it.` : `Version ${number} was made.`);
      router.push(`/dashboard/workflows/${run.workflowId}${draft ? `?version=${number}` : ""}`);
    },
  });
  return { steps, document, act, finish, save, question };
}

function readDocument(base: Recording, { steps }: Recorded): Recording | null {
  const whole = appendRecorded(
    base,
    steps.map(({ step }) => step as unknown as Step),
  );
  const parsed = parseRecordingData(whole);
  return parsed.ok ? parsed.recording : null;
}
