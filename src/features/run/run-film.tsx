import { isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber } from "@deskhand/shared/schemas/run-tree";
import { ActionIcon, Slider, Tooltip } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { artifactAddress } from "./artifact-content.ts";
import { filmOf, filmTime, pictureAt } from "./film-logic.ts";
import { footageOfFilm } from "./save-film.ts";
import { SaveFootage } from "./save-footage.tsx";
import classes from "./stage.module.css";
import type { Selection } from "./stage-content.ts";

type Props = { run: RunDetail; shotId: string | null; onSelect: (selection: Selection) => void };

/** Pictures that are fetched ahead, so that none is missing while it plays. */
const ahead = 3;

/** Plays a run that is over from its screenshots, along its time: the large picture and the strip go with it. */
export function RunFilm({ run, shotId, onSelect }: Props) {
  const film = useMemo(() => filmOf(run), [run]);
  const [at, setAt] = useState(0);
  const [plays, setPlays] = useState(false);
  const shown = pictureAt(film, at);
  const latest = useRef({ at, onSelect });
  latest.current = { at, onSelect };

  // what is chosen elsewhere is where it goes on
  useEffect(() => {
    const chosen = film.pictures.find(({ id }) => id === shotId);
    if (chosen && pictureAt(film, latest.current.at)?.id !== shotId) setAt(chosen.from);
  }, [shotId, film]);

  const show = (ms: number) => {
    setAt(ms);
    const picture = pictureAt(film, ms);
    if (picture && picture.id !== pictureAt(film, latest.current.at)?.id)
      latest.current.onSelect({ step: picture.step, shotId: picture.id });
  };
  const showNow = useRef(show);
  showNow.current = show;

  useEffect(() => {
    if (!plays) return;
    let before = performance.now();
    let frame = 0;
    const go = (now: number) => {
      const next = latest.current.at + now - before;
      before = now;
      showNow.current(Math.min(next, film.lengthMs));
      if (next >= film.lengthMs) setPlays(false);
      else frame = requestAnimationFrame(go);
    };
    frame = requestAnimationFrame(go);
    return () => cancelAnimationFrame(frame);
  }, [plays, film]);

  useEffect(() => {
    if (!plays || !shown) return;
    const index = film.pictures.indexOf(shown);
    for (const { id } of film.pictures.slice(index + 1, index + 1 + ahead)) new Image().src = artifactAddress(id);
  }, [plays, shown, film]);

  if (!isFinal(run.state) || !run.runnerOnline || film.pictures.length < 2) return null;
  const play = () => {
    // a run that is over is looked at from its last picture: there is nothing to play after it
    if (!plays && at >= (film.pictures.at(-1)?.from ?? 0)) {
      const [first] = film.pictures;
      setAt(0);
      if (first) onSelect({ step: first.step, shotId: first.id });
    }
    setPlays(!plays);
  };
  return (
    <section className={classes.film} aria-label="Film of the run">
      <Tooltip label={plays ? "Pause" : "Play"}>
        <ActionIcon aria-label={plays ? "Pause the film" : "Play the film"} onClick={play}>
          {plays ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        </ActionIcon>
      </Tooltip>
      <Slider
        className={classes.time}
        size="sm"
        min={0}
        max={film.lengthMs}
        step={50}
        value={at}
        onChange={(ms) => {
          setPlays(false);
          show(ms);
        }}
        label={(ms) => `${filmTime(ms)} · Step ${stepNumber(run.steps, pictureAt(film, ms)?.step ?? 0)}`}
        thumbLabel="Time of the film"
      />
      <span className={classes.clock}>
        {filmTime(at)} / {filmTime(film.lengthMs)}
      </span>
      <SaveFootage runId={run.id} label="Save the pictures as a video file" footage={(signal) => footageOfFilm(film, signal)} />
      <p className={classes.made}>The pictures of the steps one after the other, with waits cut short; not a recording of the screen.</p>
    </section>
  );
}
