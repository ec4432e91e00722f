import type { HoldNews } from "@deskhand/shared/protocol/hold";
import type { TrialNews } from "@deskhand/shared/protocol/trial";
import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { Alert, Button, Loader, Text } from "@mantine/core";
import { IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useCallback, useEffect, useRef, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { HoldBar } from "@/features/run/hold-bar";
import { HoldSurface } from "@/features/run/hold-surface";
import { LiveCanvas, type LiveCanvasHandle } from "@/features/run/live-canvas";
import { useHold } from "@/features/run/use-hold";
import { useLiveView } from "@/features/run/use-live-view";
import type { EditorDocument } from "@/features/workflow-editor/model/document";
import { useTRPC } from "@/trpc/client";
import classes from "./trial.module.css";
import { TrialBoxes } from "./trial-boxes.tsx";
import { TrialControls } from "./trial-controls.tsx";
import type { TrialStore } from "./trial-store.ts";
import { isReady, useTrialSession } from "./use-trial-session.ts";

type Props = {
  runId: string;
  document: EditorDocument;
  store: TrialStore;
  from: string | null;
  onStand: (id: string) => void;
  onEnd: () => void;
};

/** A run that does not say that it has ended is left to end by itself; milliseconds. */
const patienceMs = 5_000;

/** The page that a draft is tried on, beside the draft. */
export function TrialPanel({ runId, ...rest }: Props) {
  const trpc = useTRPC();
  const run = useQuery(trpc.run.get.queryOptions({ id: runId }));
  return (
    <section className={classes.trial} aria-label="Page of the trial">
      {run.data ? (
        <LoadedTrial run={run.data} {...rest} />
      ) : run.isError ? (
        <ErrorState error={run.error} onRetry={() => void run.refetch()} />
      ) : (
        <Waiting text="The run is being asked for." />
      )}
    </section>
  );
}

type LoadedProps = Omit<Props, "runId"> & { run: RunDetail };

function LoadedTrial({ run, document, store, from, onStand, onEnd }: LoadedProps) {
  const canvas = useRef<LiveCanvasHandle>(null);
  const keys = useRef<HTMLTextAreaElement>(null);
  const endRef = useRef<HTMLButtonElement>(null);
  const picture = useCallback(() => canvas.current?.element() ?? null, []);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const [hands, setHands] = useState<HoldNews | null>(null);
  const [news, setNews] = useState<TrialNews | null>(null);
  const [watching, setWatching] = useState(false);
  const isOver = isFinal(run.state);
  const send = useLiveView({
    runId: run.id,
    on: !isOver && run.runnerOnline,
    onFrame: (frame) => {
      canvas.current?.draw(frame);
      setSize((before) =>
        before?.width === frame.width && before.height === frame.height ? before : { width: frame.width, height: frame.height },
      );
    },
    onLines: () => {},
    onNews: setHands,
    onTrial: setNews,
    onWatching: () => setWatching(true),
    onTrouble: () => setWatching(false),
  });
  // leaving ends the run: said before the page is given back
  const leave = useRef(() => {});
  useEffect(() => () => leave.current(), []);
  const hold = useHold(run, send, hands);
  const { isMine, take, add, letGo } = hold;
  leave.current = () => add({ t: "trial", act: { do: "finish" } });
  useTrialSession({ hold, news, document, store, from, onStand });

  const mayTake = useRef(true);
  const ready = isReady(run) && watching;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the run is ready for it
  useEffect(() => {
    if (!ready || !mayTake.current) return;
    mayTake.current = false;
    take();
  }, [ready]);

  const end = () => {
    add({ t: "trial", act: { do: "finish" } });
    letGo();
    setEnding(true);
  };
  const [isEnding, setEnding] = useState(false);
  useEffect(() => {
    if (!isEnding) return;
    if (isOver) return onEnd();
    const timer = setTimeout(onEnd, patienceMs);
    return () => clearTimeout(timer);
  }, [isEnding, isOver, onEnd]);
  if (isOver && !isEnding) {
    return (
      <Alert variant="light" color={run.state === "failed" ? "red" : "gray"} title="The page was closed" m="md">
        <Text size="sm" mb="sm">
          {run.state === "succeeded"
            ? "Nothing was done on it for a while. What you changed in the draft is still here."
            : "The run of the trial ended before you did. Its log says why."}
        </Text>
        <Button size="xs" onClick={onEnd} mr="xs">
          Close
        </Button>
        <Button size="xs" variant="default" component={Link} href={`/dashboard/runs/${run.id}`} target="_blank">
          Open its log
        </Button>
      </Alert>
    );
  }
  // nothing is painted there, which a picture shows as black
  const isEmpty = hold.news === null || hold.news.tabs[hold.news.shown]?.url === "about:blank";
  const endButton = (
    <Button
      ref={endRef}
      size="compact-sm"
      variant="default"
      leftSection={<IconPlayerStop size={15} aria-hidden />}
      loading={isEnding}
      onClick={end}
    >
      End
    </Button>
  );
  return (
    <>
      <TrialControls end={endButton} isMine={isMine} />
      {isMine && <HoldBar hold={hold} keys={keys} giveBackRef={endRef} end={<span />} />}
      <div className={classes.screen} style={size ? { aspectRatio: `${size.width} / ${size.height}` } : undefined}>
        <LiveCanvas handle={canvas} label="The page of the trial, live" shown={size !== null && !isEmpty} onFirstFrame={() => {}} />
        {isMine && <TrialBoxes size={size} />}
        {isMine && <HoldSurface picture={picture} add={add} keys={keys} onLeave={() => endRef.current?.focus()} />}
        {isMine && isEmpty && <p className={classes.waiting}>The page is empty. A step opens one, or you do, by its address.</p>}
        {size === null && !isMine && <Waiting text={waitingWords(run)} />}
      </div>
    </>
  );
}

function waitingWords(run: RunDetail): string {
  if (!run.runnerOnline) return `${run.runnerName} is offline. The page opens when it is back.`;
  if (run.waitsFor) return "Somebody else uses the profile. The page opens when they are done.";
  return run.state === "running" ? "Waiting for the first picture of the page." : `${run.runnerName} opens the profile.`;
}

function Waiting({ text }: { text: string }) {
  return (
    <div className={classes.waiting} role="status">
      <Loader size="sm" color="gray" />
      <Text size="sm">{text}</Text>
    </div>
  );
}
