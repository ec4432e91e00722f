import { createHash, randomUUID } from "node:crypto";
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { videoContentType } from "@deskhand/shared/formats/run-video";
import type { ArtifactEvent } from "../worker/messages.ts";
import { unfinishedVideo, videoName } from "../worker/run-video.ts";

/** The video of a run whose worker died, as far as it was written, as that would have told it. */
export function leftVideos(runFolder: string): ArtifactEvent[] {
  const file = path.join(runFolder, unfinishedVideo);
  if (!existsSync(file)) return [];
  const { bytes, sha256 } = measure(file);
  const facts = { type: "video", name: videoName, file: unfinishedVideo, contentType: videoContentType, step: null } as const;
  return [{ kind: "artifact", id: randomUUID(), ...facts, bytes, sha256 }];
}

/** Part by part: the process that is always on stays small, whatever the video's size. */
function measure(file: string): { bytes: number; sha256: string } {
  const hash = createHash("sha256");
  const part = Buffer.alloc(1024 * 1024);
  const opened = openSync(file, "r");
  let bytes = 0;
  try {
    for (let read = readSync(opened, part); read > 0; read = readSync(opened, part)) {
      hash.update(part.subarray(0, read));
      bytes += read;
    }
  } finally {
    closeSync(opened);
  }
  return { bytes, sha256: hash.digest("hex") };
}
