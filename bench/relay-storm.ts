// 10,000 runners whose server is killed while a command waits for each: how long until all are back and all commands were delivered and are
// over. Runners come back with the real one's full jitter. Goal: at most 30 s from the kill, the database's connections bounded. The floor
// is the same with a bare socket.io server and bare clients: what connections alone cost on this machine.
import pg from "pg";
import { type Crowd, connectCrowd, gatherCrowd, pause, until } from "./relay/crowd.ts";
import { startDatabase } from "./relay/database.ts";
import { buildPrograms, type Program } from "./relay/programs.ts";

const RUNNERS = Number(process.env.BENCH_RUNNERS ?? 10_000);
/** From the kill to the next start; the next start takes its own time. */
const DOWN_MS = Number(process.env.BENCH_DOWN_MS ?? 1_000);
const PATIENCE_MS = 180_000;
const GOAL_SECONDS = 30;

const start = await buildPrograms();
const database = await startDatabase();
const programs: Program[] = [];
const startOne = (name: string, settings: object = {}) => {
  const program = start(name, { databaseUrl: database.url, ...settings });
  programs.push(program);
  return program;
};

/** Notes the most connections to the database that it sees at once; its own is not counted. */
async function watchConnections() {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  let most = 0;
  let over = false;
  const watching = (async () => {
    for (; !over; await pause(100)) {
      const { rows } = await client.query<{ count: number }>(
        "select count(*)::int from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      most = Math.max(most, rows[0]?.count ?? 0);
    }
  })();
  return async () => {
    over = true;
    await watching;
    await client.end();
    return most;
  };
}

type Storm = { downSeconds: number; backSeconds: number; doneSeconds: number; connected: number; finished: number; refusals: object };

/** Kills the server and starts it again on its port. @returns seconds since the kill */
async function storm(name: string, server: Program, crowd: Crowd, commands: number): Promise<Storm> {
  const port = await server.ask<number>("port");
  const killed = performance.now();
  const since = () => Number(((performance.now() - killed) / 1_000).toFixed(1));
  await server.kill();
  await pause(DOWN_MS);
  const next = startOne(name, { port });
  await next.ask("port");
  const downSeconds = since();
  const back = until(crowd, ({ connected }) => connected >= RUNNERS, PATIENCE_MS).then((look) => ({ ...look, seconds: since() }));
  const done = until(crowd, ({ finished }) => finished >= commands, PATIENCE_MS).then((look) => ({ ...look, seconds: since() }));
  const [{ connected, seconds: backSeconds }, { finished, seconds, refusals }] = await Promise.all([back, done]);
  return { downSeconds, backSeconds, doneSeconds: Math.max(backSeconds, seconds), connected, finished, refusals };
}

try {
  const crowd = await gatherCrowd(startOne, RUNNERS);
  const connect = async (server: Program, bare: boolean, runnerIds: string[]) =>
    connectCrowd(crowd, { url: `http://127.0.0.1:${await server.ask("port")}`, bare, runnerIds, from: 0, to: RUNNERS, perSecond: 300 });

  const bare = startOne("floor-process");
  await connect(bare, true, Array(RUNNERS).fill(""));
  const floor = await storm("floor-process", bare, crowd, 0);
  await Promise.all(crowd.processes.map((each) => each.ask("leave")));

  // this one finds nothing by itself, so that the commands wait
  const server = startOne("server-process", { pollMs: 60 * 60_000 });
  const enrolled = await server.ask<{ projectId: string; runnerIds: string[] }>("enroll", { publicKeys: crowd.publicKeys });
  await connect(server, false, enrolled.runnerIds);
  const connectionsSeen = await watchConnections();
  // queued by a process that holds no runner
  const queuer = startOne("server-process");
  await server.ask("fallDeaf");
  await queuer.ask("queueForAll", enrolled);
  await queuer.stop();
  const ours = await storm("server-process", server, crowd, RUNNERS);
  console.log(
    JSON.stringify({
      bench: "relay-storm",
      runners: RUNNERS,
      backAgain: ours.connected,
      commandsDone: ours.finished,
      downSeconds: ours.downSeconds,
      backSeconds: ours.backSeconds,
      doneSeconds: ours.doneSeconds,
      floorDownSeconds: floor.downSeconds,
      floorBackSeconds: floor.backSeconds,
      ratio: Number((ours.doneSeconds / floor.backSeconds).toFixed(2)),
      goalSeconds: GOAL_SECONDS,
      refusals: ours.refusals,
      databaseConnections: await connectionsSeen(),
    }),
  );
} finally {
  await Promise.all(programs.map((program) => program.stop()));
  await database.remove();
}
