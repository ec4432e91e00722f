import { useEffect, useRef } from "react";
import classes from "./stage.module.css";

/** Draws one picture of a video after the other; when they come faster than they can be drawn, the newest is. */
export function VideoCanvas({ picture, label, note }: { picture: Blob | undefined; label: string; note: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const wanted = useRef<Blob>(undefined);
  const draws = useRef(false);
  useEffect(() => {
    wanted.current = picture;
    if (draws.current) return;
    draws.current = true;
    void (async () => {
      for (let drawn: Blob | undefined; wanted.current && wanted.current !== drawn; ) {
        drawn = wanted.current;
        await draw(canvas.current, drawn).catch(() => {}); // the one before it stays
      }
      draws.current = false;
    })();
  }, [picture]);
  return (
    <div className={classes.video}>
      <canvas ref={canvas} className={classes.picture} role="img" aria-label={label} />
      {note && <p className={classes.note}>{note}</p>}
    </div>
  );
}

async function draw(canvas: HTMLCanvasElement | null, jpeg: Blob): Promise<void> {
  const picture = await createImageBitmap(jpeg);
  if (canvas) {
    // a canvas that is given a size is emptied
    if (canvas.width !== picture.width) canvas.width = picture.width;
    if (canvas.height !== picture.height) canvas.height = picture.height;
    canvas.getContext("2d")?.drawImage(picture, 0, 0);
  }
  picture.close();
}
