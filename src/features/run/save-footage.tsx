import { ActionIcon, Tooltip } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { notifyError } from "@/components/notify";
import { canSaveFilm, type Footage, saveFootage } from "./save-film.ts";
import classes from "./stage.module.css";

type Props = { runId: string; label: string; footage: (signal: AbortSignal) => Promise<Footage> };

/** Saves what a run's page plays as a video file, and says how far it has come. */
export function SaveFootage({ runId, label, footage }: Props) {
  const [done, setDone] = useState<number | null>(null);
  const saving = useRef<AbortController>(null);
  useEffect(() => () => saving.current?.abort(), []);
  const save = async () => {
    const controller = new AbortController();
    saving.current = controller;
    setDone(0);
    try {
      const shown = await footage(controller.signal);
      const video = await saveFootage(shown, (ms) => setDone(ms / shown.lengthMs), controller.signal);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(video);
      link.download = `run-${runId}.${video.type === "video/mp4" ? "mp4" : "webm"}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch (error) {
      if (!controller.signal.aborted) notifyError(error);
    }
    setDone(null);
  };
  if (!canSaveFilm()) return null;
  if (done === null) {
    return (
      <Tooltip label={label}>
        <ActionIcon aria-label={label} onClick={() => void save()}>
          <IconDownload size={16} />
        </ActionIcon>
      </Tooltip>
    );
  }
  return (
    <>
      <span className={classes.clock} role="status">
        Saving {Math.round(done * 100)} %
      </span>
      <Tooltip label="Stop saving">
        <ActionIcon aria-label="Stop saving" onClick={() => saving.current?.abort()}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
