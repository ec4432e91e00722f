import type { FaultSwitch } from "./fault-switch.ts";
import type { Random } from "./random.ts";

/** As socket.io's parser makes them: 2 and 5 are events, 3 and 6 answers. */
type Packet = { type: number; id?: number; data: unknown[] };
type Sends = { packet(packet: Packet, options?: object): void; connected: boolean };

const isEvent = ({ type }: Packet) => type === 2 || type === 5;
const isAnswer = ({ type }: Packet) => type === 3 || type === 6;

/** How often a message is sent twice, once more later (up to 800 ms), and how often an answer is not sent. */
export const messageFaults = { twice: 0.03, later: 0.02, laterMs: 800, lostAnswer: 0.004 };

/**
 * Puts hooks around a socket class (of socket.io or its client: their methods for a single packet have the same shape), which name
 * the points of the wire and repeat, or lose, some of its messages. The names are not public; socket.io is pinned.
 * @param receive the method of the class that takes a packet that came
 */
export function hookPackets(
  prototype: object,
  receive: "onpacket" | "_onpacket",
  { reach, random, isCalm }: { reach: FaultSwitch["reach"]; random: Random; isCalm: boolean },
) {
  const methods = prototype as Record<string, (this: Sends, packet: Packet, options?: object) => void>;
  const { packet: send, [receive]: take } = methods;
  if (!send || !take) throw new Error("socket.io has other methods than it had");
  // a packet that comes is answered on the same socket: the names of those that are under way, for each socket
  const heard = new WeakMap<object, Map<number, string>>();
  const asked = new WeakMap<object, Map<number, string>>();
  const remember = (names: typeof heard, socket: object, { id, data }: Packet) => {
    if (id === undefined) return;
    const known = names.get(socket) ?? new Map<number, string>();
    names.set(socket, known.set(id, String(data[0])));
  };

  methods.packet = function (packet, options) {
    if (isEvent(packet)) remember(asked, this, packet);
    const name = isEvent(packet)
      ? `send ${packet.data[0]}`
      : isAnswer(packet)
        ? `answer ${heard.get(this)?.get(packet.id ?? -1)}`
        : undefined;
    if (!name) return send.call(this, packet, options);
    reach(`is about to ${name}`);
    if (isCalm) return send.call(this, packet, options);
    if (isAnswer(packet) && random.chance(messageFaults.lostAnswer)) return;
    // encoding takes binary data out of the packet it is given
    const again = { ...packet, data: [...packet.data] };
    send.call(this, packet, options);
    if (random.chance(messageFaults.twice)) send.call(this, { ...again, data: [...again.data] }, options);
    if (random.chance(messageFaults.later)) {
      setTimeout(() => this.connected && send.call(this, again, options), random.between(1, messageFaults.laterMs)).unref();
    }
    reach(name.replace("send ", "sends ").replace("answer ", "answers "));
  };
  methods[receive] = function (packet, options) {
    if (isEvent(packet)) {
      remember(heard, this, packet);
      reach(`hears ${packet.data[0]}`);
    } else if (isAnswer(packet)) reach(`hears the answer to ${asked.get(this)?.get(packet.id ?? -1)}`);
    return take.call(this, packet, options);
  };
}
