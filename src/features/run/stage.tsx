"use client";

import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { currentStep, stepPlace } from "@deskhand/shared/schemas/run-tree";
import { ActionIcon, Button, Loader, Modal, Paper, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsMaximize, IconChevronLeft, IconChevronRight, IconClockPause, IconPhotoOff } from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useCallback, useRef, useState } from "react";
import { Filmstrip } from "./filmstrip.tsx";
import holdClasses from "./hold.module.css";
import { HoldBar } from "./hold-bar.tsx";
import { HoldSurface } from "./hold-surface.tsx";
import { LiveCanvas, type LiveCanvasHandle } from "./live-canvas.tsx";
import { RunFilm } from "./run-film.tsx";
import { RunVideo } from "./run-video.tsx";
import { describePhase } from "./run-words.ts";
import { Screenshot } from "./screenshot.tsx";
import classes from "./stage.module.css";
import { following, neighbour, type Selection, shownStep, stageContent } from "./stage-content.ts";
import { TakeOver } from "./take-over.tsx";
import type { Hold } from "./use-hold.ts";
import { asksToTakeOver } from "./waiting-note.tsx";

type Props = {
  run: RunDetail;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  canvas: RefObject<LiveCanvasHandle | null>;
  /** The live view cannot be had at the moment. */
  unwatched: boolean;
  hold: Hold;
};

/** The page that the run works on: live while it goes on, as screenshots of its steps afterwards. Left and right move through them. */
export function Stage({ run, selection, onSelect, canvas, unwatched, hold }: Props) {
  const [seen, setSeen] = useState(false);
  const [large, enlarge] = useDisclosure(false);
  const [screen, setScreen] = useState<HTMLDivElement | null>(null);
  const [largeScreen, setLargeScreen] = useState<HTMLDivElement | null>(null);
  const [moves, setMoves] = useState(false);
  const videoKeys = useRef<((event: KeyboardEvent) => boolean) | null>(null);
  const keys = useRef<HTMLTextAreaElement>(null);
  const giveBackRef = useRef<HTMLButtonElement>(null);
  const picture = useCallback(() => canvas.current?.element() ?? null, [canvas]);
  const active = !isFinal(run.state);
  const content = stageContent(run, selection);
  const step = shownStep(run, selection);
  const before = neighbour(run, selection, -1);
  const after = neighbour(run, selection, 1);
  const video = active || !run.runnerOnline ? undefined : run.artifacts.find(({ type }) => type === "video");
  const showsVideo = video !== undefined && moves;

  const onKeyDown = (event: KeyboardEvent) => {
    if (videoKeys.current?.(event)) return;
    // what has values of its own goes through them
    if (event.target instanceof HTMLElement && event.target.closest("select, [role=slider]")) return;
    const next = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : null;
    if (!next || hold.isMine) return;
    event.preventDefault();
    onSelect(next);
  };
  const label = step === null ? "" : stepWords(run, step);
  const shot = content.kind === "shot" && (
    <Screenshot key={content.shot.artifact.id} id={content.shot.artifact.id} label={`Screenshot of ${label}`} runnerName={run.runnerName} />
  );
  const neighbours = (
    <>
      <Move label="Previous screenshot" to={before} onSelect={onSelect} icon={<IconChevronLeft size={16} />} />
      <Move label="Next screenshot" to={after} onSelect={onSelect} icon={<IconChevronRight size={16} />} />
    </>
  );

  return (
    <Paper
      component="section"
      className={hold.isMine ? `${classes.stage} ${holdClasses.mine}` : classes.stage}
      aria-label={content.kind === "live" ? "Live view" : showsVideo ? "Video" : "Screenshots"}
      aria-keyshortcuts="ArrowLeft ArrowRight"
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      {hold.isMine && <HoldBar hold={hold} keys={keys} giveBackRef={giveBackRef} />}
      <div className={classes.screen} ref={setScreen}>
        {active && (
          <LiveCanvas
            handle={canvas}
            label="The page as it is now"
            shown={content.kind === "live" && seen}
            onFirstFrame={() => setSeen(true)}
          />
        )}
        {hold.isMine && content.kind === "live" && (
          <HoldSurface picture={picture} add={hold.add} keys={keys} onLeave={() => giveBackRef.current?.focus()} canZoom />
        )}
        {content.kind === "live" && !seen && (
          <Message
            text={
              unwatched
                ? "The live view cannot be opened here. The run goes on; its screenshots come step by step."
                : "Waiting for the first picture of the page."
            }
            mood={unwatched ? "empty" : "busy"}
          />
        )}
        {content.kind === "message" && !showsVideo && <Message text={content.text} mood={content.mood} />}
        {!showsVideo && shot}
      </div>
      <div className={classes.caption}>
        <div className={classes.words}>
          {content.kind === "live" ? (
            <>
              <span className={classes.live}>Live</span>
              <Text span size="sm" c="dimmed">
                {describePhase(run) ?? currentWords(run)}
              </Text>
            </>
          ) : (
            <Text span size="sm" c="dimmed">
              {label}
            </Text>
          )}
        </div>
        <div className={classes.buttons}>
          {active && !hold.isMine && !asksToTakeOver(run) && <TakeOver run={run} hold={hold} />}
          {active && selection.step !== null && (
            <Button size="compact-sm" variant="subtle" onClick={() => onSelect(following)}>
              Back to live
            </Button>
          )}
          {neighbours}
          <Tooltip label="Enlarge">
            <ActionIcon
              aria-label={showsVideo ? "Enlarge video" : "Enlarge screenshot"}
              disabled={content.kind !== "shot" && !showsVideo}
              onClick={enlarge.open}
            >
              <IconArrowsMaximize size={16} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
      {video ? (
        <RunVideo
          run={run}
          artifact={video}
          selection={selection}
          onSelect={onSelect}
          screen={large ? largeScreen : screen}
          isShown={moves}
          onShown={setMoves}
          keys={videoKeys}
        />
      ) : (
        <RunFilm run={run} shotId={content.kind === "shot" ? content.shot.artifact.id : null} onSelect={onSelect} />
      )}
      <Filmstrip run={run} step={step} shotId={content.kind === "shot" ? content.shot.artifact.id : null} onSelect={onSelect} />
      <Modal
        opened={large && (content.kind === "shot" || showsVideo)}
        onClose={enlarge.close}
        fullScreen
        title={label}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {/* biome-ignore lint/a11y/noStaticElementInteractions: left and right are a short cut for the buttons inside */}
        <div onKeyDown={onKeyDown}>
          <div className={classes.large} ref={setLargeScreen}>
            {!showsVideo && shot}
          </div>
          <div className={classes.caption}>
            <Text size="sm" c="dimmed">
              {showsVideo ? "K plays and pauses, left and right go a second back and on." : "Left and right move through the screenshots."}
            </Text>
            <div className={classes.buttons}>{neighbours}</div>
          </div>
        </div>
      </Modal>
    </Paper>
  );
}

type MoveProps = { label: string; to: Selection | null; onSelect: (selection: Selection) => void; icon: React.ReactNode };

function Move({ label, to, onSelect, icon }: MoveProps) {
  return (
    <ActionIcon aria-label={label} disabled={!to} onClick={() => to && onSelect(to)}>
      {icon}
    </ActionIcon>
  );
}

const iconProps = { size: 24, stroke: 1.5, "aria-hidden": true } as const;
const icons = { busy: <Loader size="sm" color="gray" />, waits: <IconClockPause {...iconProps} />, empty: <IconPhotoOff {...iconProps} /> };

function Message({ text, mood }: { text: string; mood: keyof typeof icons }) {
  return (
    <div className={classes.message} role="status">
      {icons[mood]}
      <Text size="sm" maw={400}>
        {text}
      </Text>
    </div>
  );
}

function stepWords(run: RunDetail, index: number): string {
  const step = run.steps[index];
  return `${stepPlace(run.steps, index)}${step ? ` · ${[step.verb, step.target].filter(Boolean).join(" ")}` : ""}`;
}

function currentWords(run: RunDetail): string {
  const current = currentStep(run.steps);
  return current ? stepWords(run, current.index) : "Between two steps";
}
