// A durable command to a runner and back (queued, leased, sent, accepted, finished, announced: the history of each step stored), beside
// a bare socket.io acknowledgement plus one commit of a row of like size. Goal: at least 0.8 of the floor's rate.
import { startDatabase } from "./relay/database.ts";
import { buildPrograms } from "./relay/programs.ts";
import type { RoundTrips } from "./relay/round-trips.ts";

const RUNNERS = 8;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const GOAL = 0.8;

const start = await buildPrograms();
const database = await startDatabase();
const programs = ["server-process", "floor-process", "runners-process", "runners-process"].map((name) =>
  start(name, { databaseUrl: database.url }),
);
const [server, floor, runners, clients] = programs as [
  (typeof programs)[0],
  (typeof programs)[0],
  (typeof programs)[0],
  (typeof programs)[0],
];
try {
  const publicKeys = await runners.ask<string[]>("makeKeys", { count: RUNNERS });
  const enrolled = await server.ask<{ projectId: string; runnerIds: string[] }>("enroll", { publicKeys });
  const { runnerIds } = enrolled;
  const opening = { runnerIds, first: 0, key: 0, perSecond: 100 };
  await runners.ask("open", { ...opening, url: `http://127.0.0.1:${await server.ask("port")}`, bare: false });
  await clients.ask("open", { ...opening, url: `http://127.0.0.1:${await floor.ask("port")}`, bare: true });
  await floor.ask("prepare");
  for (const each of [runners, clients]) {
    while ((await each.ask<{ connected: number }>("look")).connected < RUNNERS) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  for (const atOnce of process.env.BENCH_AT ? process.env.BENCH_AT.split(",").map(Number) : [1, 16, 64]) {
    const measureFloor = (seconds: number) => floor.ask<RoundTrips>("roundTrips", { seconds, atOnce });
    const measure = (seconds: number) => server.ask<RoundTrips>("roundTrips", { ...enrolled, seconds, atOnce });
    await measureFloor(1);
    await measure(2);
    // floor, ours, floor: what the machine does meanwhile falls on both
    const before = await measureFloor(SECONDS / 2);
    const ours = await measure(SECONDS);
    const after = await measureFloor(SECONDS / 2);
    const floorPerSecond = 2 / (1 / before.perSecond + 1 / after.perSecond);
    console.log(
      JSON.stringify({
        bench: "relay-roundtrip",
        atOnce,
        p50Ms: ours.p50Ms,
        p99Ms: ours.p99Ms,
        perSecond: ours.perSecond,
        floorP50Ms: before.p50Ms,
        floorP99Ms: before.p99Ms,
        floorPerSecond: Math.round(floorPerSecond),
        ratio: Number((ours.perSecond / floorPerSecond).toFixed(3)),
        goal: GOAL,
      }),
    );
  }
} finally {
  await Promise.all(programs.map((program) => program.stop()));
  await database.remove();
}
