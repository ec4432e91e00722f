import { createRequire } from "node:module";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { checkIdentity, type Identity, type IdentityOs } from "@deskhand/shared/schemas/identity";
import type { FingerprintGeneratorOptions } from "fingerprint-generator";

export type IdentityWish = {
  /** The same seed, system, languages and time zone give the same identity. */
  seed: string;
  os: IdentityOs;
  languages: string[];
  timeZone: string;
};

/** What the generator is asked, and what is taken of its answer. */
type Question = { id: number; seed: string; options: Partial<FingerprintGeneratorOptions> };
type Sample = {
  screen: { width: number; height: number; availHeight: number; devicePixelRatio: number };
  hardwareConcurrency: number;
  hints: { platformVersion?: string; architecture?: string; model?: string } | null;
  random: number;
};
type Answer = { id: number; sample?: Sample; problem?: string };

/** The generator's tables take 90 MB: it leaves when it was not needed for this long, milliseconds. */
const idleMs = 20_000;
const tries = 50;
/** Height of a browser's own tabs and bars above a page: Chrome's on each system, in CSS pixels. */
const chromeHeight: Record<IdentityOs, number> = { windows: 87, macos: 87, linux: 87, android: 80 };
/** Where the generator knows no version of a system, one that many have. */
const usualVersion: Record<IdentityOs, string> = { windows: "19.0.0", macos: "15.5.0", linux: "6.8.0", android: "15.0.0" };

let worker: Worker | undefined;
let lastId = 0;
let idle: NodeJS.Timeout | undefined;
const waiting = new Map<number, (answer: Answer) => void>();

/**
 * Makes a device identity of the kind that real visitors have, with Apify's fingerprint-generator, which samples a network that is trained
 * on them. It runs in a thread of its own: it needs much memory, keeps the processor for a while, and takes its chance from
 * Math.random, which is made to follow the seed there and nowhere else.
 */
export async function generateIdentity(wish: IdentityWish): Promise<Identity> {
  const isPhone = wish.os === "android";
  const options: Question["options"] = {
    browsers: ["chrome"],
    operatingSystems: [wish.os],
    devices: [isPhone ? "mobile" : "desktop"],
    locales: wish.languages,
  };
  for (let attempt = 0; attempt < tries; attempt++) {
    // a sample that does not hold together (some of what people's browsers said does not) is drawn again, in a way that repeats
    const sample = await ask({ seed: `${wish.seed}\n${attempt}`, options });
    // the smallest screens are those of machines that nobody sits at; asked of the generator itself, this takes it fifty times as long
    if (!isPhone && (sample.screen.width < 1280 || sample.screen.height < 720)) continue;
    const checked = checkIdentity(toIdentity(wish, sample));
    if (checked.ok) return checked.identity;
  }
  throw new Error("No identity came of this seed.");
}

function toIdentity({ seed, os, languages, timeZone }: IdentityWish, sample: Sample): Identity {
  const isPhone = os === "android";
  const { width, height, availHeight, devicePixelRatio } = sample.screen;
  return {
    seed,
    os,
    platformVersion: sample.hints?.platformVersion || usualVersion[os],
    architecture: isPhone || sample.hints?.architecture === "arm" ? "arm" : "x86",
    model: isPhone ? (sample.hints?.model ?? "K") : "",
    languages,
    timeZone,
    screen: { width, height },
    viewport: { width, height: Math.min(height, availHeight || height) - chromeHeight[os] },
    deviceScaleFactor: Math.round(devicePixelRatio * 1000) / 1000,
    isMobile: isPhone,
    hasTouch: isPhone,
    hardwareConcurrency: sample.hardwareConcurrency,
    colorScheme: sample.random < 0.3 ? "dark" : "light",
    geolocation: null,
    userAgent: null,
  };
}

async function ask(question: Omit<Question, "id">): Promise<Sample> {
  const id = ++lastId;
  const { sample, problem } = await new Promise<Answer>((resolve) => {
    waiting.set(id, resolve);
    clearTimeout(idle);
    worker ??= start();
    worker.ref();
    worker.postMessage({ ...question, id } satisfies Question);
  });
  if (waiting.size === 0) {
    worker?.unref();
    idle = setTimeout(() => void worker?.terminate(), idleMs).unref();
  }
  if (!sample) throw new Error(`The identity generator failed: ${problem}`);
  return sample;
}

function start(): Worker {
  const entry = createRequire(path.join(process.cwd(), "package.json")).resolve("fingerprint-generator");
  // as text: neither bundle of the server has to know that a part of it is a program of its own
  const started = new Worker(`(${String(work)})(${JSON.stringify(entry)})`, { eval: true });
  started.on("message", (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const onEnd = (problem: string) => {
    if (worker === started) worker = undefined;
    for (const [id, answer] of waiting) answer({ id, problem });
    waiting.clear();
  };
  started.once("error", (error) => onEnd(error instanceof Error ? error.message : String(error)));
  started.once("exit", () => {
    if (worker === started) onEnd("it ended");
  });
  return started;
}

/** The thread's program. It knows nothing of this file but its own text. */
function work(entry: string): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const require = process.getBuiltinModule("node:module").createRequire(entry);
  const { FingerprintGenerator } = require(entry) as typeof import("fingerprint-generator");
  const generator = new FingerprintGenerator();
  parentPort?.on("message", ({ id, seed, options }: { id: number; seed: string; options: object }) => {
    // sfc32 (Chris Doty-Humphrey, PractRand), begun with the seed's SHA-256: quick, because thousands are drawn, and the same everywhere
    const begin = createHash("sha256").update(seed).digest();
    let [x, y, z, count] = [0, 4, 8, 12].map((at) => begin.readUInt32LE(at)) as [number, number, number, number];
    Math.random = () => {
      const drawn = (x + y + count) | 0;
      count = (count + 1) | 0;
      x = y ^ (y >>> 9);
      y = (z + (z << 3)) | 0;
      z = ((z << 21) | (z >>> 11)) + drawn;
      return (drawn >>> 0) / 2 ** 32;
    };
    try {
      const { fingerprint } = generator.getFingerprint(options);
      const { screen, navigator } = fingerprint;
      const { width, height, availHeight, devicePixelRatio } = screen;
      const { platformVersion, architecture, model } = navigator.userAgentData ?? {};
      const sample = {
        screen: { width, height, availHeight, devicePixelRatio },
        hardwareConcurrency: navigator.hardwareConcurrency,
        hints: { platformVersion, architecture, model },
        random: Math.random(),
      };
      parentPort?.postMessage({ id, sample });
    } catch (error) {
      parentPort?.postMessage({ id, problem: String(error) });
    }
  });
}
