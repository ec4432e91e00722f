import type { Random } from "./random.ts";

/** What no message expects where it stands. */
const junk: ((random: Random) => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => -1,
  () => 2 ** 53,
  () => 1e308,
  () => 0.5,
  () => "",
  () => "\u0000\ud800",
  () => "__proto__",
  () => "x".repeat(70_000),
  () => [],
  () => ({}),
  () => ({ length: 5 }),
  () => JSON.parse('{"__proto__":{"v":1},"constructor":{"prototype":{}}}') as object,
  () => Buffer.from([0, 255, 1]),
  (random) => deep(random.between(1, 300)),
  (random) => Array.from({ length: random.between(1, 2_000) }, () => random.between(0, 9)),
];

function deep(levels: number): unknown {
  let value: unknown = "bottom";
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { value };
  return value;
}

/** A message with something about it changed: a part replaced, removed, added or repeated; now and then nothing of it is left. */
export function mutate(message: unknown, random: Random): unknown {
  if (random.chance(0.05)) return random.pick(junk)(random);
  const copy: unknown = structuredClone(message);
  for (let change = random.between(1, 3); change > 0; change -= 1) changeSomething(copy, random);
  return copy;
}

function changeSomething(value: unknown, random: Random): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  const held = value as Record<string, unknown>;
  const keys = Object.keys(held);
  const key = keys.length > 0 ? random.pick(keys) : "first";
  const inner = held[key];
  const way = random.between(0, 4);
  if (typeof inner === "object" && inner !== null && random.chance(0.6)) changeSomething(inner, random);
  else if (way === 0) delete held[key];
  else if (way === 1) held[`${key}s`] = random.pick(junk)(random);
  else if (way === 2 && typeof inner === "string") held[key] = flip(inner, random);
  else if (way === 3 && Array.isArray(value) && value.length < 100) value.push(...value);
  else held[key] = random.pick(junk)(random);
}

function flip(text: string, random: Random): string {
  const at = random.between(0, Math.max(0, text.length - 1));
  return text.slice(0, at) + String.fromCharCode(random.between(0, 0xffff)) + text.slice(at + 1);
}

/** Bytes as they come, and text that begins as engine.io's and socket.io's packets do. */
export function nonsenseFrame(random: Random): string | Uint8Array<ArrayBuffer> {
  if (random.chance(0.3)) return Uint8Array.from({ length: random.between(0, 300) }, () => random.between(0, 255));
  const head = random.pick([
    "",
    "0",
    "2",
    "4",
    "6",
    "9",
    "40",
    "40/runner,",
    "42/runner,",
    "43/runner,1",
    "45/runner,",
    "451-/runner,",
    "459999999-/runner,",
    "44/",
  ]);
  const body = random.pick([
    "",
    "{",
    "[",
    '["heartbeat",{"v":1}]',
    '["error"]',
    '["disconnect"]',
    '1["challenge",{}]',
    '[{"_placeholder":true,"num":9}]',
    "[".repeat(5_000),
    '{"runnerId":7}',
  ]);
  const text = head + body;
  return random.chance(0.3) ? flip(text, random) : text;
}
