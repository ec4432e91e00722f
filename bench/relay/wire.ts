import { RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import WebSocket from "ws";

export type WireEvents = {
  /** The server has opened the namespace. */
  opened(): void;
  /** What is returned is the answer, where one is wanted. */
  message(name: string, message: never): object | undefined;
  /** Once, however it ended. */
  closed(): void;
};

export type Wire = {
  /** @returns the answer; undefined when none came in 15 s */
  ask(name: string, message: object): Promise<{ ok?: boolean } | undefined>;
  close(): void;
};

const ANSWER_MS = 15_000;
const OPEN_MS = 20_000;

/**
 * The part of socket.io's protocol (5, over engine.io's 4) that a runner speaks, over a bare WebSocket. Ten thousand of socket.io's own
 * clients would take more of one machine than the server that they are to measure.
 * Source: https://socket.io/docs/v4/socket-io-protocol/
 */
export function openWire(url: string, localAddress: string, auth: object, events: WireEvents): Wire {
  const address = `${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`;
  const socket = new WebSocket(address, { localAddress, perMessageDeflate: false, skipUTF8Validation: true });
  const asked = new Map<string, (answer: { ok?: boolean } | undefined) => void>();
  let last = 0;
  let isOver = false;
  const patience = setTimeout(() => end(), OPEN_MS);

  function end() {
    if (isOver) return;
    isOver = true;
    clearTimeout(patience);
    for (const answer of asked.values()) answer(undefined);
    socket.terminate();
    events.closed();
  }
  const send = (packet: string) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(packet);
  };
  const inNamespace = `${RUNNER_NAMESPACE},`;

  function hear(text: string) {
    if (text === "2") return send("3");
    if (text.startsWith("0")) return send(`40${inNamespace}${JSON.stringify(auth)}`);
    const [, kind, id = "", body = ""] = /^4(\d)\/runner,(\d*)([\s\S]*)$/.exec(text) ?? [];
    if (kind === "0") {
      clearTimeout(patience);
      events.opened();
    } else if (kind === "2") {
      const [name, message] = JSON.parse(body) as [string, never];
      const answer = events.message(name, message);
      if (id && answer) send(`43${inNamespace}${id}${JSON.stringify([answer])}`);
    } else if (kind === "3") {
      asked.get(id)?.((JSON.parse(body) as [{ ok?: boolean }])[0]);
    } else if (kind === "1" || kind === "4") end();
  }

  socket.on("message", (data: Buffer) => hear(data.toString()));
  socket.on("close", end);
  socket.on("error", end);
  return {
    ask(name, message) {
      if (isOver) return Promise.resolve(undefined);
      last += 1;
      const id = String(last);
      return new Promise((resolve) => {
        const answered = (answer: { ok?: boolean } | undefined) => {
          clearTimeout(timer);
          asked.delete(id);
          resolve(answer);
        };
        const timer = setTimeout(() => answered(undefined), ANSWER_MS);
        asked.set(id, answered);
        send(`42${inNamespace}${id}${JSON.stringify([name, message])}`);
      });
    },
    close: end,
  };
}
