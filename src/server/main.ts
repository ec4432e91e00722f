import { createServer } from "node:http";
import next from "next";
import { stampClientAddress } from "@/server/client-address";
import { systemClock } from "@/server/context";
import { cachedQueue } from "@/server/domain/sample/queue-state";
import { startJobs } from "@/server/jobs/registry";
import { answerLocalRunner } from "@/server/local-runner";
import { serverProcess } from "@/server/process";
import { createRelay } from "@/server/relay/create-relay";
import { answerRunnerDownload } from "@/server/runner-download";
import { answerStatusPage } from "@/server/status-pages";
import { answerTraceViewer } from "@/server/trace-viewer";

/** How long requests under way may take to end after SIGTERM, in milliseconds. */
const drainMs = 8_000;

const parts = serverProcess();
const { env, db, logger, signals } = parts;

// next-auth reads these from the environment
process.env.NEXTAUTH_URL = env.PUBLIC_URL;
process.env.NEXTAUTH_SECRET = env.AUTH_SECRET;

const readQueue = cachedQueue({ db, clock: systemClock });
let draining = false;
const server = createServer((request, response) => {
  void (async () => {
    // before the stamp: whether a proxy stands in between decides who may see the metrics
    if (await answerStatusPage({ db, isDraining: () => draining, readQueue }, request, response)) return;
    stampClientAddress(request, env.TRUSTED_PROXIES);
    if (relay.handleRequest(request, response)) return;
    if (await answerRunnerDownload(request, response)) return;
    if (await answerTraceViewer(env.PUBLIC_URL, request, response)) return;
    await handlePage(request, response);
  })().catch((error: unknown) => {
    logger.error({ err: error }, "a request failed");
    if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
    response.end("Something went wrong.\n");
  });
});
// a proxy or client that keeps its connections for a minute closes first: one that is closed just as it is used again loses its request
server.keepAliveTimeout = 75_000;

const app = next({ dev: process.env.NODE_ENV !== "production", hostname: env.HOST, port: env.PORT, httpServer: server });
const handlePage = app.getRequestHandler();
const relay = createRelay({ httpServer: server, env, db, logger, signals, clock: systemClock });
parts.runnerLink = relay.link;

await app.prepare();
const jobs = await startJobs({ env, db, logger, signals, clock: systemClock });

// an artifact of a runner behind a slow line may take long to arrive; headers have Node's own limit of a minute
server.requestTimeout = 60 * 60_000;

server.once("error", (error: NodeJS.ErrnoException) => {
  logger.fatal({ err: error }, error.code === "EADDRINUSE" ? `port ${env.PORT} is taken: set PORT to another` : "the server cannot listen");
  process.exit(1);
});
server.listen(env.PORT, env.HOST, () => {
  logger.info({ url: env.PUBLIC_URL }, "the server listens");
  process.send?.({ type: "ready" });
});

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= (async () => {
    draining = true;
    setTimeout(() => process.exit(0), drainMs).unref();
    // with other processes, the load balancer leads new connections to them from here on; alone, runners find out that they stay
    if (env.REDIS_URL) server.close();
    await relay.drain();
    if (!env.REDIS_URL) server.close();
    server.closeIdleConnections();
    await jobs.stop();
    await relay.close();
    server.closeAllConnections();
    await signals.close();
    await db.$disconnect();
    process.exit(0);
  })();
  return stopping;
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop());
// the start script is gone, however it ended
process.on("disconnect", () => void stop());
process.on("message", (message) => void answerLocalRunner(parts, message));
process.on("unhandledRejection", (error) => logger.error({ err: error }, "a promise failed with nobody waiting"));
