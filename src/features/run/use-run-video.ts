import { useEffect, useRef, useState } from "react";
import { readVideo } from "./read-video.ts";
import type { RunVideo } from "./video-logic.ts";

type Loading = { video: RunVideo | null; bytes: number; isWhole: boolean; error: unknown };

const nothing: Loading = { video: null, bytes: 0, isWhole: false, error: null };

/** A run's video, read from its runner when `load` is called first: it may be large. `load` also asks again after an error. */
export function useRunVideo(artifactId: string) {
  const [loading, setLoading] = useState<Loading>(nothing);
  const reading = useRef<{ controller: AbortController; done: Promise<RunVideo> }>(null);
  useEffect(() => () => reading.current?.controller.abort(), []);

  /** @returns all of it. @throws ArtifactError, AbortError */
  const load = (): Promise<RunVideo> => {
    if (reading.current) return reading.current.done;
    const controller = new AbortController();
    setLoading(nothing);
    const read = async () => {
      let whole: RunVideo | undefined;
      await readVideo(
        artifactId,
        (video, bytes) => {
          whole = video;
          setLoading({ video, bytes, isWhole: false, error: null });
        },
        controller.signal,
      );
      if (!whole) throw new Error("The video has no picture.");
      setLoading((now) => ({ ...now, isWhole: true }));
      return whole;
    };
    const done = read();
    done.catch((error: unknown) => {
      reading.current = null;
      if (!controller.signal.aborted) setLoading({ ...nothing, error });
    });
    reading.current = { controller, done };
    return done;
  };
  return { ...loading, load };
}
