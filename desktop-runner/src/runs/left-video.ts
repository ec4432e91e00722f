import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { videoContentType } from "@deskhand/shared/formats/run-video";
import type { ArtifactEvent } from "../worker/messages.ts";
import { unfinishedVideo, videoName } from "../worker/run-video.ts";

/** The video of a run whose worker died, as far as it was written, as that would have told it. */
export function leftVideos(runFolder: string): ArtifactEvent[] {
  const file = path.join(runFolder, unfinishedVideo);
  if (!existsSync(file)) return [];
  const content = readFileSync(file);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const facts = { type: "video", name: videoName, file: unfinishedVideo, contentType: videoContentType, step: null } as const;
  return [{ kind: "artifact", id: randomUUID(), ...facts, bytes: content.length, sha256 }];
}
