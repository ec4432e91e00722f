import { exportFileName } from "@deskhand/shared/schemas/profile-transfer";
import { useRef, useState } from "react";
import { wordsFor } from "@/components/error-words";
import { saveFile } from "@/components/save-file";
import { useProject } from "@/trpc/current-project";
import type { Seal } from "./seal-fields.tsx";
import { type Chosen, useMany } from "./use-many.ts";
import { Refused, useTransfer } from "./use-transfer.ts";

export type ExportProgress = { total: number; done: number; failed: { id: string; name: string; why: string }[]; over: boolean };

/** Exports the chosen profiles one after the other, a bundle each, which the browser saves as it comes. What fails leaves the others be. */
export function useExportMany() {
  const many = useMany();
  const { exportOne, runnerOf } = useTransfer();
  const { id: projectId } = useProject();
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const stopped = useRef(false);

  /** @throws what finding them does */
  async function run(chosen: Chosen, seal: Seal): Promise<void> {
    stopped.current = false;
    const now: ExportProgress = { total: 0, done: 0, failed: [], over: false };
    const tell = () => setProgress({ ...now, failed: [...now.failed] });
    tell();
    const taken = new Set<string>();
    try {
      const targets = await many.targetsOf(chosen);
      now.total = targets.length;
      for (const target of targets) {
        tell();
        if (stopped.current) break;
        const { id, name } = target;
        try {
          // one that is away would hold up all the others
          if (!(await runnerOf(target)).online) throw new Refused("Its runner is offline.");
          const content = await exportOne({ target: { ...target, projectId }, format: "bundle", seal });
          saveFile(new Blob([new Uint8Array(content)], { type: "application/octet-stream" }), exportFileName(name, "bundle", taken));
          now.done++;
        } catch (error) {
          const { title, whatToDo } = wordsFor(error);
          now.failed.push({ id, name, why: error instanceof Refused ? error.message : `${title} ${whatToDo}` });
        }
      }
    } catch (error) {
      setProgress(null);
      throw error;
    }
    now.over = true;
    tell();
  }

  return {
    progress,
    run,
    /** The one that is under way is exported to its end. */
    stop: () => {
      stopped.current = true;
    },
  };
}
