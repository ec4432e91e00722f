import { videoReader } from "@deskhand/shared/formats/run-video";
import { readArtifact } from "./artifact-content.ts";
import type { RunVideo } from "./video-logic.ts";

/** A file that was broken off says nothing of its length: its last picture is shown for so long; milliseconds. */
const lastMs = 1_000;

/**
 * Reads a run's video from its runner; `onPart` is given what has come so far, each time that more of it comes, and how much that is in bytes.
 * @throws ArtifactError when it cannot be had or breaks off, AbortError
 */
export async function readVideo(id: string, onPart: (video: RunVideo, bytes: number) => void, signal: AbortSignal): Promise<void> {
  const pictures: { at: number; jpeg: Blob }[] = [];
  const notes: { at: number; ms: number; text: string }[] = [];
  let head: { startedAt: number; lengthMs: number | null } | undefined;
  const take = videoReader({
    head: (facts) => {
      head = facts;
    },
    // a browser may keep these on the disk, as it sees fit
    picture: ({ at, jpeg }) => pictures.push({ at, jpeg: new Blob([new Uint8Array(jpeg)], { type: "image/jpeg" }) }),
    note: (note) => notes.push(note),
  });
  const { body } = await readArtifact(id, signal);
  const reader = body?.getReader();
  for (let bytes = 0; reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    take(value);
    bytes += value.length;
    if (!head || pictures.length === 0) continue;
    const lengthMs = head.lengthMs ?? (pictures.at(-1)?.at ?? 0) + lastMs;
    onPart({ startedAt: head.startedAt, lengthMs, pictures: [...pictures], notes: [...notes] }, bytes);
  }
}
