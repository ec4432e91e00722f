import type { ArtifactView, RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";
import { ActionIcon, NativeSelect, Slider, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { describeArtifactProblem, formatBytes } from "./artifact-content.ts";
import { filmTime } from "./film-logic.ts";
import { footageOfVideo } from "./save-film.ts";
import { SaveFootage } from "./save-footage.tsx";
import classes from "./stage.module.css";
import type { Selection } from "./stage-content.ts";
import { usePlayback } from "./use-playback.ts";
import { useRunVideo } from "./use-run-video.ts";
import { VideoCanvas } from "./video-canvas.tsx";
import { stepAtTime, timeOfStep, videoPictureAt } from "./video-logic.ts";

type Props = {
  run: RunDetail;
  artifact: ArtifactView;
  selection: Selection;
  onSelect: (selection: Selection) => void;
  /** Where the pictures go. */
  screen: HTMLElement | null;
  /** The video is what is looked at, rather than the pictures of the steps. */
  isShown: boolean;
  onShown: (isShown: boolean) => void;
  /** Takes what is pressed on the stage; the answer is whether it was for the video. */
  keys: RefObject<((event: KeyboardEvent) => boolean) | null>;
};

const speeds = [0.5, 1, 2, 4];
/** Left and right go so far; ms. */
const strideMs = 1_000;

/** Plays the video that a run left. The steps and what belongs to them go with it; a step that is chosen is where it goes on. */
export function RunVideo({ run, artifact, selection, onSelect, screen, isShown, onShown, keys }: Props) {
  const { video, bytes, isWhole, error, load } = useRunVideo(artifact.id);
  const [speed, setSpeed] = useState(1);
  const { at, plays, setPlays, setAt } = usePlayback(video, isWhole, speed);
  const own = useRef(selection);
  /** The step to go to as soon as it is known where that is. */
  const [sought, setSought] = useState<number | null>(null);

  // what is chosen elsewhere is looked at as a picture, and is where the video goes on
  useEffect(() => {
    if (selection === own.current) return;
    own.current = selection;
    setPlays(false);
    onShown(false);
    setSought(selection.step);
  }, [selection, setPlays, onShown]);
  useEffect(() => {
    if (sought === null || !video) return;
    setSought(null);
    const from = timeOfStep(run, video, sought);
    if (from !== undefined) setAt(from);
  }, [sought, video, run, setAt]);

  const step = video && isShown ? stepAtTime(run, video.startedAt + at) : null;
  const select = useRef(onSelect);
  select.current = onSelect;
  useEffect(() => {
    if (step === null || own.current.step === step) return;
    own.current = { step, shotId: null };
    select.current(own.current);
  }, [step]);

  const play = () => {
    load().catch(() => setPlays(false));
    if (!plays && video && isWhole && at >= video.lengthMs) setAt(0);
    onShown(true);
    setPlays(!plays);
  };
  const seek = (ms: number) => {
    setPlays(false);
    onShown(true);
    setAt(Math.min(Math.max(ms, 0), video?.lengthMs ?? 0));
  };
  keys.current = (event) => {
    if (event.key === "k" || (event.key === " " && !isOn(event.target, "button, select, [role=slider]"))) play();
    else if (!isShown || !video || isOn(event.target, "select, [role=slider]")) return false;
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") seek(at + (event.key === "ArrowLeft" ? -strideMs : strideMs));
    else if (event.key === "," || event.key === ".") {
      const next = video.pictures[videoPictureAt(video, at) + (event.key === "," ? -1 : 1)];
      if (next) seek(next.at);
    } else return false;
    event.preventDefault();
    return true;
  };

  const note = video?.notes.find(({ at: from, ms }) => at >= from && at < from + ms);
  return (
    <section className={`${classes.film} ${classes.player}`} aria-label="Video of the run">
      <Tooltip label={plays ? "Pause" : "Play"}>
        <ActionIcon aria-label={plays ? "Pause the video" : "Play the video"} aria-keyshortcuts="k" onClick={play}>
          {plays ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        </ActionIcon>
      </Tooltip>
      <Slider
        className={classes.time}
        size="sm"
        min={0}
        max={video?.lengthMs ?? 1}
        step={50}
        value={at}
        disabled={!video}
        onChange={seek}
        label={(ms) => timeWords(run, video ? stepAtTime(run, video.startedAt + ms) : null, ms)}
        thumbLabel="Time of the video"
      />
      <span className={classes.clock}>
        {filmTime(at)}
        {video && ` / ${filmTime(video.lengthMs)}`}
      </span>
      <NativeSelect
        className={classes.speed}
        aria-label="Speed"
        size="xs"
        value={String(speed)}
        onChange={({ currentTarget: { value } }) => setSpeed(Number(value))}
        data={speeds.map((times) => ({ value: String(times), label: `${times}×` }))}
      />
      <SaveFootage runId={run.id} label="Save as a WebM file" footage={async () => footageOfVideo(await load())} />
      <p className={classes.made} role={error ? "alert" : undefined}>
        {error
          ? describeArtifactProblem(error, run.runnerName)
          : `A video of the page, also between the steps. Long stretches without a change are skipped. ${loadWords(artifact, bytes, isWhole)}`}
      </p>
      {video?.notes.map(({ at: from, text }) => (
        <p key={from} className={classes.made}>
          {filmTime(from)} · {text}
        </p>
      ))}
      {screen &&
        isShown &&
        createPortal(
          <VideoCanvas
            picture={video?.pictures[videoPictureAt(video, at)]?.jpeg}
            label={`Video of the run, ${timeWords(run, step, at)}`}
            note={note?.text}
          />,
          screen,
        )}
    </section>
  );
}

function isOn(target: EventTarget, selector: string): boolean {
  return target instanceof HTMLElement && target.closest(selector) !== null;
}

function timeWords({ steps }: RunDetail, step: number | null, ms: number): string {
  return step === null ? filmTime(ms) : `${filmTime(ms)} · Step ${stepNumber(steps, step)}`;
}

function loadWords(artifact: ArtifactView, bytes: number, isWhole: boolean): string {
  if (isWhole) return "";
  const all = formatBytes(artifact.bytes);
  return bytes > 0 ? `${formatBytes(bytes)} of ${all} are here.` : `Its ${all} come from the runner when it is played.`;
}
