import { type MachineReading, machineReader } from "./read-machine.ts";

/** How many runs may be under way at once, and how many profiles may stay open beside them. */
export type Capacity = {
  /** Given how many are; 1 at least. */
  places(underWay: number): number;
  /** What the browsers take now, and of how many contexts. */
  learn(bytes: number, contexts: number): void;
  /** There may be more places than at the last look. */
  onRoom: () => void;
  /** So many profiles are held open without a run: while there are, the memory is watched. */
  hold(sessions: number): void;
  /** For how many more contexts there is memory now; negative when there are too many. */
  room(): number;
  /** There is no memory for another context; so many less would make room for one. */
  onShort: (contexts: number) => void;
  close(): void;
};

/** So many runs, whatever is measured. What is held open beside them has to fit all the same. */
export function fixedCapacity(places: number, measured: Capacity = measuredCapacity()): Capacity {
  return Object.assign(measured, { places: () => places });
}

const sampleMs = 1_000;
const mebibyte = 1024 * 1024;
/** What a run is taken to cost until it was measured; and the bounds of what is believed. */
const firstCost = 150 * mebibyte;
const leastCost = 30 * mebibyte;
const mostCost = 1024 * mebibyte;
/** The rest of the computer keeps this part of the memory, and so much at least. */
const reservePart = 0.1;
const leastReserve = 512 * mebibyte;
/** Of each new measure, so much counts: what happened three samples ago is half forgotten. */
const weight = 0.2;
/** More runs than cores begin while this part of the cores has nothing to do, and fewer while less than that is left. */
const idleToGrow = 0.15;
const idleToShrink = 0.05;
const mostPlaces = 1_000;

/**
 * Places by what is measured: as many runs as cores, more while the cores have nothing to do because runs wait for the network, and never
 * one whose memory is not there. What stops it must go back some way before it goes on, so that it does not swing.
 */
export class PlaceRule {
  #extra = 0;
  #busyCores: number | undefined;
  #cost = firstCost;
  #isShort = false;
  #reading: MachineReading;

  constructor(reading: MachineReading) {
    this.#reading = reading;
  }

  learn(bytes: number, contexts: number): void {
    if (contexts <= 0 || !Number.isFinite(bytes)) return;
    const measured = Math.min(Math.max(bytes / contexts, leastCost), mostCost);
    this.#cost += (measured - this.#cost) * weight;
  }

  /** One look at the machine while so many runs are under way; to be made about once a second. */
  sample(reading: MachineReading, underWay: number): void {
    this.#reading = reading;
    const { cores, busyCores } = reading;
    if (busyCores !== undefined) this.#busyCores = (this.#busyCores ?? busyCores) + (busyCores - (this.#busyCores ?? busyCores)) * weight;
    const idle = this.#busyCores === undefined ? 0 : (cores - this.#busyCores) / cores;
    if (idle < idleToShrink) this.#extra = Math.max(0, this.#extra - 1);
    // a place that nobody wanted yet is no reason for another
    else if (idle >= idleToGrow && underWay >= this.#wanted()) this.#extra += Math.ceil(this.#wanted() / 8);
    else if (underWay < this.#base()) this.#extra = 0;
    this.#extra = Math.min(this.#extra, mostPlaces);
  }

  /** For how many more contexts there is memory; negative when the rest of the computer has less than its part. */
  room({ availableBytes, totalBytes }: MachineReading = this.#reading): number {
    return Math.floor(this.#bytesLeft({ availableBytes, totalBytes }) / this.#cost);
  }

  places(underWay: number): number {
    const room = this.#bytesLeft(this.#reading);
    if (room < 0) this.#isShort = true;
    else if (room > 2 * this.#cost) this.#isShort = false;
    const fitting = underWay + (this.#isShort ? 0 : Math.floor(room / this.#cost));
    return Math.max(1, Math.min(this.#wanted(), fitting, mostPlaces));
  }

  #bytesLeft({ availableBytes, totalBytes }: Pick<MachineReading, "availableBytes" | "totalBytes">): number {
    return availableBytes - Math.max(leastReserve, totalBytes * reservePart);
  }

  #base(): number {
    return Math.max(1, Math.round(this.#reading.cores));
  }

  #wanted(): number {
    return this.#base() + this.#extra;
  }
}

/** Measures while runs are under way or profiles are held open; a runner that waits is left in peace. */
export function measuredCapacity(read: () => MachineReading = machineReader()): Capacity {
  const rule = new PlaceRule(read());
  let underWay = 0;
  let held = 0;
  let timer: NodeJS.Timeout | undefined;
  const watch = () => {
    if (underWay > 0 || held > 0) timer ??= setInterval(look, sampleMs).unref();
  };
  const capacity: Capacity = {
    places: (now) => {
      underWay = now;
      // what was measured when the last run ended is too old to go by
      if (!timer && now === 0) rule.sample(read(), now);
      watch();
      return rule.places(now);
    },
    learn: (bytes, contexts) => rule.learn(bytes, contexts),
    onRoom: () => {},
    hold: (sessions) => {
      held = sessions;
      watch();
    },
    // read anew: many are opened between two looks
    room: () => rule.room(read()),
    onShort: () => {},
    close: () => clearInterval(timer),
  };
  function look(): void {
    rule.sample(read(), underWay);
    const room = rule.room();
    if (held > 0 && room < 1) capacity.onShort(1 - room);
    if (rule.places(underWay) > underWay) capacity.onRoom();
    if (underWay > 0 || held > 0) return;
    clearInterval(timer);
    timer = undefined;
  }
  return capacity;
}
