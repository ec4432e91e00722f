import { expect, test } from "vitest";
import { measuredCapacity, PlaceRule } from "./capacity.ts";
import { type MachineReading, machineReader } from "./read-machine.ts";

const gibibyte = 1024 ** 3;
const machine = (over: Partial<MachineReading> = {}): MachineReading => ({
  cores: 4,
  busyCores: 1,
  availableBytes: 12 * gibibyte,
  totalBytes: 16 * gibibyte,
  ...over,
});

/** Lets the rule look until it stays the same, with every place taken. */
function settle(rule: PlaceRule, reading: MachineReading): number {
  let places = 0;
  for (let look = 0; look < 200; look++) {
    rule.sample(reading, places);
    places = rule.places(places);
  }
  return places;
}

test("as many runs as cores begin at once, and more only while the cores have nothing to do", () => {
  const rule = new PlaceRule(machine());
  expect(rule.places(0)).toBe(4);
  expect(settle(rule, machine({ busyCores: 3.9 }))).toBe(4);
  expect(settle(rule, machine({ busyCores: 0.5 }))).toBeGreaterThan(20);
  expect(settle(rule, machine({ busyCores: 4 }))).toBe(4);
});

test("it stays as it is between the point where more begin and the one where fewer do", () => {
  const rule = new PlaceRule(machine());
  for (let i = 0; i < 3; i++) rule.sample(machine({ busyCores: 1 }), rule.places(4));
  const look = () => rule.sample(machine({ busyCores: 3.6 }), rule.places(4));
  for (let i = 0; i < 20; i++) look();
  const places = rule.places(4);
  expect(places).toBeGreaterThan(4);
  for (let i = 0; i < 50; i++) look();
  expect(rule.places(4)).toBe(places);
});

test("none begins whose memory is not there, one always may, and it waits for room for two before it goes on", () => {
  const rule = new PlaceRule(machine());
  rule.learn(8 * gibibyte, 8);
  for (let i = 0; i < 50; i++) rule.learn(8 * gibibyte, 8);
  const having = (availableBytes: number) => {
    rule.sample(machine({ availableBytes, busyCores: 3.5 }), 3);
    return rule.places(3);
  };
  expect(having(3 * gibibyte)).toBe(4);
  expect(having(1 * gibibyte)).toBe(3);
  expect(having(3 * gibibyte)).toBe(3);
  expect(having(4 * gibibyte)).toBe(4);
  rule.sample(machine({ availableBytes: 0 }), 0);
  expect(rule.places(0)).toBe(1);
});

test("small pages let more run than large ones", () => {
  const reading = machine({ busyCores: 0.2, availableBytes: 6 * gibibyte });
  const of = (megabytes: number) => {
    const rule = new PlaceRule(reading);
    for (let i = 0; i < 50; i++) rule.learn(megabytes * 1024 ** 2 * 10, 10);
    return rule;
  };
  expect(settle(of(40), reading)).toBeGreaterThan(settle(of(400), reading) - 1);
  for (let i = 0, rule = of(400); i < 30; i++) {
    rule.sample(reading, 20);
    expect(rule.places(20)).toBeLessThanOrEqual(20 + 12);
  }
});

test("this computer can be read, and has room for a run", () => {
  const read = machineReader();
  expect(read()).toMatchObject({ busyCores: undefined, cores: expect.any(Number) });
  const again = read();
  expect(again.busyCores).toBeGreaterThanOrEqual(0);
  expect(again.availableBytes).toBeGreaterThan(0);
  expect(again.totalBytes).toBeGreaterThanOrEqual(again.availableBytes / 2);
  const capacity = measuredCapacity();
  expect(capacity.places(0)).toBeGreaterThanOrEqual(1);
  capacity.close();
});
