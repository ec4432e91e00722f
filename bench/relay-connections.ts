// What an idle runner costs a server process: its heap and resident memory for each of 1,000 to 10,000 runners that have proven their keys
// and beat, beside a bare socket.io server with the same options that holds as many bare clients. Goals: at most 1.5 times the bare
// server's, and 10,000 held in 1 GB. A process that begins to work grows once, whatever number it then holds, so that is printed apart: what it
// is without a runner (`fixedMb`, with pools, plans and code in place), and what each runner more costs from one level to the next.
import type { Memory } from "./relay/answer-parent.ts";
import { type Crowd, connectCrowd, gatherCrowd, pause } from "./relay/crowd.ts";
import { startDatabase } from "./relay/database.ts";
import { buildPrograms, type Program } from "./relay/programs.ts";

const LEVELS = [1_000, 5_000, 10_000];
const MOST = Number(process.env.BENCH_RUNNERS ?? LEVELS.at(-1));
const GOAL = 1.5;
const GOAL_MB = 1_000;
const MB = 1_000_000;

const levels = [...LEVELS.filter((level) => level < MOST), MOST];
const start = await buildPrograms();
const database = await startDatabase();
const programs: Program[] = [];
const startOne = (name: string) => {
  const program = start(name, { databaseUrl: database.url });
  programs.push(program);
  return program;
};

/** Memory without a connection, and at each level. A few have come and gone before, so that code and pools are there. */
async function measure(server: Program, crowd: Crowd, runnerIds: string[], bare: boolean): Promise<Memory[]> {
  const opening = { url: `http://127.0.0.1:${await server.ask("port")}`, bare, runnerIds, perSecond: 300 };
  await connectCrowd(crowd, { ...opening, from: 0, to: Math.min(100, MOST) });
  await Promise.all(crowd.processes.map((each) => each.ask("leave")));
  await pause(2_000);
  const seen = [await server.ask<Memory>("memory")];
  let from = 0;
  for (const to of levels) {
    await connectCrowd(crowd, { ...opening, from, to });
    // one heartbeat of each, and what their joining left behind is gone
    await pause(12_000);
    seen.push(await server.ask<Memory>("memory"));
    from = to;
  }
  await Promise.all(crowd.processes.map((each) => each.ask("leave")));
  return seen;
}

try {
  const crowd = await gatherCrowd(startOne, MOST);
  // by a process of its own: what that leaves in its memory is not what connections cost
  const enroller = startOne("server-process");
  const { runnerIds } = await enroller.ask<{ runnerIds: string[] }>("enroll", { publicKeys: crowd.publicKeys });
  await enroller.stop();
  const server = startOne("server-process");
  const floor = startOne("floor-process");
  const bare = await measure(floor, crowd, runnerIds, true);
  const ours = await measure(server, crowd, runnerIds, false);
  for (const [n, runners] of levels.entries()) {
    const each = (seen: Memory[], of: keyof Memory) => ((seen[n + 1]?.[of] ?? 0) - (seen[0]?.[of] ?? 0)) / runners;
    const bytes = { heap: each(ours, "heapBytes"), resident: each(ours, "residentBytes") };
    const floorBytes = { heap: each(bare, "heapBytes"), resident: each(bare, "residentBytes") };
    const before = levels[n - 1] ?? 0;
    const eachMore = (seen: Memory[], of: keyof Memory) =>
      Math.round(((seen[n + 1]?.[of] ?? 0) - (seen[n]?.[of] ?? 0)) / (runners - before));
    console.log(
      JSON.stringify({
        bench: "relay-connections",
        runners,
        heapBytesEach: Math.round(bytes.heap),
        residentBytesEach: Math.round(bytes.resident),
        floorHeapBytesEach: Math.round(floorBytes.heap),
        floorResidentBytesEach: Math.round(floorBytes.resident),
        heapRatio: Number((bytes.heap / floorBytes.heap).toFixed(2)),
        residentRatio: Number((bytes.resident / floorBytes.resident).toFixed(2)),
        goalRatio: GOAL,
        fixedMb: Number(((ours[0]?.residentBytes ?? 0) / MB).toFixed(1)),
        floorFixedMb: Number(((bare[0]?.residentBytes ?? 0) / MB).toFixed(1)),
        since: before,
        residentBytesEachMore: eachMore(ours, "residentBytes"),
        floorResidentBytesEachMore: eachMore(bare, "residentBytes"),
        heapBytesEachMore: eachMore(ours, "heapBytes"),
        floorHeapBytesEachMore: eachMore(bare, "heapBytes"),
        residentMb: Number(((ours[n + 1]?.residentBytes ?? 0) / MB).toFixed(1)),
        goalMb: GOAL_MB,
      }),
    );
  }
} finally {
  await Promise.all(programs.map((program) => program.stop()));
  await database.remove();
}
