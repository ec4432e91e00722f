import type { ServerResponse } from "node:http";
import type { Hints, Topic } from "./hints.ts";

/** Hints of this long go together, milliseconds. */
const gatherMs = 100;
/** A sign of life for the page, and the moment at which a session that is over is noticed, milliseconds. */
const aliveMs = 20_000;
/** What a page that does not read may leave unread, bytes. */
const maxUnread = 64 * 1024;

/**
 * Sends hints as server-sent events until the page leaves, the session is over or the stream is ended.
 * @returns what ends it with words for the page
 */
export function openHintStream(
  response: ServerResponse,
  { hints, isAlive }: { hints: Hints; isAlive(): boolean },
): (lastWords: string) => void {
  const topics = new Set<Topic>();
  let timer: NodeJS.Timeout | undefined;
  const write = (text: string) => {
    if (response.writableLength > maxUnread) response.destroy();
    else response.write(text);
  };
  const flush = () => {
    timer = undefined;
    write(`data: ${JSON.stringify([...topics])}\n\n`);
    topics.clear();
  };
  const stopListening = hints.listen((topic) => {
    topics.add(topic);
    timer ??= setTimeout(flush, gatherMs);
  });
  const alive = setInterval(() => {
    if (isAlive()) write(": alive\n\n");
    else response.end("event: locked\ndata: {}\n\n");
  }, aliveMs);
  response.once("close", () => {
    stopListening();
    clearTimeout(timer);
    clearInterval(alive);
  });
  response.on("error", () => response.destroy());
  write(": open\n\n");
  return (lastWords) => void response.end(`event: ended\ndata: ${JSON.stringify({ message: lastWords })}\n\n`);
}
