import { once } from "node:events";
import { connect, type Socket } from "node:net";

export type ScreenHands = {
  /** px from the screen's top left corner */
  click(x: number, y: number): Promise<void>;
  /** Letters of a keyboard of the United States, and `\n`. */
  type(text: string): Promise<void>;
  /** A letter with the control key. */
  control(letter: string): Promise<void>;
  escape(): Promise<void>;
  /** The Alt key with an arrow. */
  altLeft(): Promise<void>;
  close(): void;
};

const keyPress = 2;
const keyRelease = 3;
const buttonPress = 4;
const buttonRelease = 5;
const motion = 6;
/** Codes of the keys of a PC's keyboard, as X counts them: eight more than Linux. */
const rows: [number, string, string][] = [
  [10, "1234567890-=", "!@#$%^&*()_+"],
  [24, "qwertyuiop[]", "QWERTYUIOP{}"],
  [38, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [52, "zxcvbnm,./", "ZXCVBNM<>?"],
  [65, " ", " "],
  [36, "\n", "\n"],
];
const shift = 50;
const controlKey = 37;
const escapeKey = 9;
const alt = 64;
const left = 113;

/**
 * A person's mouse and keyboard before a screen of {@link startTestScreen}: events that come from the X server as real ones do.
 * Sources: https://www.x.org/releases/current/doc/xproto/x11protocol.html, https://www.x.org/releases/current/doc/xextproto/xtest.html
 */
export async function takeScreen(display: string): Promise<ScreenHands> {
  const socket = connect(`/tmp/.X11-unix/X${display.replace(/^:/, "")}`);
  await once(socket, "connect");
  const greeting = Buffer.alloc(12);
  greeting.write("l");
  greeting.writeUInt16LE(11, 2);
  socket.write(greeting);
  const [hello] = (await once(socket, "data")) as [Buffer];
  if (hello[0] !== 1) throw new Error("The screen lets nobody in.");
  const major = await findExtension(socket, "XTEST");
  const send = (type: number, detail: number, x = 0, y = 0) => {
    const request = Buffer.alloc(36);
    request.writeUInt8(major, 0);
    request.writeUInt8(2, 1);
    request.writeUInt16LE(request.length / 4, 2);
    request.writeUInt8(type, 4);
    request.writeUInt8(detail, 5);
    request.writeInt16LE(x, 24);
    request.writeInt16LE(y, 26);
    socket.write(request);
  };
  /** Resolves when the server has done what was asked of it: it answers in order. */
  const done = async () => void (await findExtension(socket, "XTEST"));
  const press = (code: number, ...held: number[]) => {
    for (const key of held) send(keyPress, key);
    send(keyPress, code);
    send(keyRelease, code);
    for (const key of [...held].reverse()) send(keyRelease, key);
  };
  return {
    async click(x, y) {
      send(motion, 0, x, y);
      send(buttonPress, 1);
      send(buttonRelease, 1);
      await done();
    },
    async type(text) {
      for (const letter of text) {
        const { code, isShifted } = keyOf(letter);
        press(code, ...(isShifted ? [shift] : []));
      }
      await done();
    },
    async control(letter) {
      press(keyOf(letter).code, controlKey);
      await done();
    },
    async escape() {
      press(escapeKey);
      await done();
    },
    async altLeft() {
      press(left, alt);
      await done();
    },
    close: () => socket.destroy(),
  };
}

function keyOf(letter: string): { code: number; isShifted: boolean } {
  for (const [first, plain, shifted] of rows) {
    if (plain.includes(letter)) return { code: first + plain.indexOf(letter), isShifted: false };
    if (shifted.includes(letter)) return { code: first + shifted.indexOf(letter), isShifted: true };
  }
  throw new Error("That keyboard has no such letter.");
}

/** The number by which the server knows an extension of its protocol. */
async function findExtension(socket: Socket, name: string): Promise<number> {
  const request = Buffer.alloc(8 + Math.ceil(name.length / 4) * 4);
  request.writeUInt8(98, 0);
  request.writeUInt16LE(request.length / 4, 2);
  request.writeUInt16LE(name.length, 4);
  request.write(name, 8);
  socket.write(request);
  const reply = await nextReply(socket);
  const [isThere, major] = [reply[8], reply[9]];
  if (isThere !== 1 || major === undefined) throw new Error(`The screen has no ${name}.`);
  return major;
}

/** Whatever is asked for here is answered with 32 bytes, as events are, which come in between and are passed over. */
async function nextReply(socket: Socket): Promise<Buffer> {
  let read = Buffer.alloc(0);
  for (;;) {
    for (; read.length >= 32; read = read.subarray(32)) if (read[0] === 1) return read.subarray(0, 32);
    const [more] = (await once(socket, "data")) as [Buffer];
    read = Buffer.concat([read, more]);
  }
}
