import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type FixtureSite, startFixtureSite } from "./fixture-site.ts";
import { orderRun, type RunRequest, startTestWorker, type TestFolder, type TestWorker, testFolder } from "./worker.ts";

export type WorkerBed = {
  readonly site: FixtureSite;
  readonly worker: TestWorker;
  /** Another one for each test. */
  readonly folder: TestFolder;
  /** Has the worker run these steps. @returns the order, with how the run ended and all that it told */
  run(steps: unknown[], request?: Partial<RunRequest>): Promise<Ended>;
};

type Ordered = ReturnType<typeof orderRun>;
type Ended = Omit<Ordered, "finished"> & { finished: Awaited<Ordered["finished"]>; events: ReturnType<TestWorker["events"]> };

/** A worker with its browsers and the fixture site for all tests of a file, and a folder for each. */
export function openWorkerBed(): WorkerBed {
  let site: FixtureSite;
  let worker: TestWorker;
  let folder: TestFolder;
  beforeAll(async () => {
    site = await startFixtureSite();
    worker = startTestWorker();
  });
  beforeEach(async () => {
    folder = await testFolder();
  });
  afterEach(() => folder.remove());
  afterAll(async () => {
    await worker.stop();
    await site.close();
  });
  return {
    get site() {
      return site;
    },
    get worker() {
      return worker;
    },
    get folder() {
      return folder;
    },
    async run(steps, request = {}) {
      const ordered = orderRun(worker, { folder: folder.path, steps, ...request });
      const finished = await ordered.finished;
      return { ...ordered, finished, events: worker.events(ordered.runId) };
    },
  };
}
