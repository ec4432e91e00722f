import { useEffect, useRef, useState } from "react";
import { onwardFrom, type RunVideo, skipsOf } from "./video-logic.ts";

/** Where a video is, in ms since it began. It plays as far as it has been read, and over what stands still for long. */
export function usePlayback(video: RunVideo | null, isWhole: boolean, speed: number) {
  const [at, setAt] = useState(0);
  const [plays, setPlays] = useState(false);
  const latest = useRef({ at, video, isWhole, speed });
  latest.current = { at, video, isWhole, speed };

  useEffect(() => {
    if (!plays) return;
    let before = performance.now();
    let frame = 0;
    let skipsFor: RunVideo | null = null;
    let skips = skipsOf({ pictures: [], lengthMs: 0 });
    const go = (now: number) => {
      const { at: from, video: shown, isWhole: hasAll, speed: times } = latest.current;
      const passed = (now - before) * times;
      before = now;
      if (shown) {
        if (shown !== skipsFor) skips = skipsOf(shown);
        skipsFor = shown;
        const until = hasAll ? shown.lengthMs : (shown.pictures.at(-1)?.at ?? 0);
        const next = from > until ? from : Math.min(until, onwardFrom(skips, from + passed));
        latest.current.at = next;
        setAt(next);
        if (hasAll && next >= shown.lengthMs) return setPlays(false);
      }
      frame = requestAnimationFrame(go);
    };
    frame = requestAnimationFrame(go);
    return () => cancelAnimationFrame(frame);
  }, [plays]);

  return { at, plays, setPlays, setAt };
}
