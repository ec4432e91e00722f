"use client";

import { Alert, Button, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { FailureList } from "./failure-list.tsx";
import { isSealed, noSeal, SealFields, sealWords } from "./seal-fields.tsx";
import { type ExportProgress, useExportMany } from "./use-export-many.ts";
import type { Chosen } from "./use-many.ts";

type Props = { chosen: Chosen; words: string; onClose: () => void };

/** Exports the chosen profiles, and shows how far that is and what could not be. */
export function ExportManyModal({ chosen, words, onClose }: Props) {
  const { progress, run, stop } = useExportMany();
  const [seal, setSeal] = useState(noSeal);
  const [isStopping, setStopping] = useState(false);
  const start = useMutation({ mutationFn: () => run(chosen, seal) });
  const isBusy = start.isPending;
  const end = useRef<HTMLButtonElement>(null);
  const begin = () => {
    // the button that was pressed goes away
    end.current?.focus();
    start.mutate();
  };
  const endEarly = () => {
    setStopping(true);
    stop();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Export ${words}`}
      size="lg"
      closeOnClickOutside={!isBusy}
      closeOnEscape={!isBusy}
      withCloseButton={!isBusy}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        {progress ? (
          <Told progress={progress} />
        ) : (
          <>
            <Text size="sm">
              A sealed bundle of each, one after the other. Your browser saves them where it puts downloads, and may ask whether it may save
              several.
            </Text>
            <Group gap="sm" align="flex-start">
              <SealFields seal={seal} onChange={setSeal} />
            </Group>
            <Alert variant="light" color="gray">
              {sealWords(seal)}
            </Alert>
          </>
        )}
        {start.isError && <ErrorState error={start.error} />}
        <Group justify="flex-end" gap="xs">
          <Button ref={end} variant="default" onClick={isBusy ? endEarly : onClose} loading={isBusy && isStopping}>
            {isBusy ? "Stop" : progress ? "Done" : "Cancel"}
          </Button>
          {!progress && (
            <Button onClick={begin} disabled={!isSealed(seal)}>
              Export
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Told({ progress: { total, done, failed, over } }: { progress: ExportProgress }) {
  const seen = done + failed.length;
  const left = total - seen;
  const label = over
    ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")} exported.${left > 0 ? ` ${left.toLocaleString("en")} were left out.` : ""}`
    : `Exporting ${Math.min(seen + 1, total).toLocaleString("en")} of ${total.toLocaleString("en")}`;
  return (
    <>
      <Text size="sm" fw={500} role="status">
        {label}
      </Text>
      {!over && <Progress value={total === 0 ? 0 : (100 * seen) / total} aria-label={label} size="sm" transitionDuration={200} />}
      <FailureList items={failed} linked={false} />
    </>
  );
}
