import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { wordsFor } from "@/components/error-words";
import { useTRPC } from "@/trpc/client";
import { MovedOn } from "./moved-on.tsx";

type NewVersion = {
  /** The document's text. */
  recording: string;
  draft?: boolean;
  /** The content hash of what was opened; see {@link baseOf}. */
  basedOn: string | undefined;
};

type Asked = { text: string; latest: number; answer: (basedOn: string | null) => void };

/**
 * Adds a version to a workflow. When somebody else has published another since, the person is asked first; `question` has to be on the
 * page for that. `add` is null when they want theirs not to be kept, and rejects with what else the server refuses.
 */
export function useAddVersion(workflowId: string): {
  add: (version: NewVersion) => Promise<WorkflowVersionView | null>;
  question: ReactNode;
} {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mutation = useMutation(trpc.workflow.addVersion.mutationOptions());
  const [asked, setAsked] = useState<Asked | null>(null);
  const add = async (version: NewVersion): Promise<WorkflowVersionView | null> => {
    try {
      const made = await mutation.mutateAsync({ id: workflowId, ...version });
      await queryClient.invalidateQueries(trpc.workflow.pathFilter());
      return made;
    } catch (error) {
      const latest = latestIn(error);
      if (latest === null) throw error;
      const basedOn = await new Promise<string | null>((answer) => setAsked({ text: version.recording, latest, answer }));
      setAsked(null);
      // over what the person was told of only: a third version asks again
      return basedOn === null ? null : add({ ...version, basedOn });
    }
  };
  const question = asked && <MovedOn workflowId={workflowId} text={asked.text} latest={asked.latest} onAnswer={asked.answer} />;
  return { add, question };
}

/** What a person works on when this version is what they opened: a draft comes after the version that it was made from. */
export function baseOf(version: { draft: boolean; contentHash: string; basedOn: string | null } | undefined): string | undefined {
  if (!version?.draft) return version?.contentHash;
  return version.basedOn ?? undefined;
}

/** The number of the version that is in the way; null when that is not what is wrong. */
function latestIn(error: unknown): number | null {
  const { code, details } = wordsFor(error);
  if (code !== "WORKFLOW_MOVED_ON") return null;
  const number = (details as { version?: unknown } | null)?.version;
  return typeof number === "number" ? number : null;
}
