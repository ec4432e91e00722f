import path from "node:path";
import { expect, it, vi } from "vitest";
import { listProfileStates, loadProfileState } from "../browser/profile-store.ts";
import { commandLineOf, descendantsOf, orderRun, shown } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";

const bed = openWorkerBed();

const open = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const log = { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "text", selectors: ["#log"] } };
const stuck = { ...click("#never"), timeout: 30_000 };
const run = (steps: unknown[]) => orderRun(bed.worker, { folder: bed.folder.path, steps });
const profile = () => path.join(bed.folder.path, "profiles/profile-a");
const browserProcesses = (mark: string) => descendantsOf(bed.worker.child.pid ?? 0).filter((pid) => commandLineOf(pid).includes(mark));
const find = () => [open("state"), shown("found"), log];
const keep = () => [open("state"), click("#keep"), shown("saved")];

it("has saved what a step changed while the run goes on: a browser that is killed then loses nothing of it", async () => {
  const { finished } = run([...keep(), stuck]);
  await vi.waitUntil(async () => JSON.stringify((await loadProfileState(profile())).state ?? "").includes('"indexed"'));
  for (const pid of browserProcesses("chrom")) process.kill(pid, "SIGKILL");
  expect(await finished).toMatchObject({ status: "failed", code: "BROWSER_CRASHED" });
  expect(await run(find()).finished).toMatchObject({ data: { text: "found local kept=cookie indexed" } });
});

it("saves what there is when a run is cancelled while a page does not answer", async () => {
  const { runId, finished } = run([...keep(), open("never")]);
  await bed.worker.untilEvent(runId, "profile-saved");
  await vi.waitUntil(() => bed.worker.events(runId).some((event) => event.kind === "step-started" && event.index === 3));
  bed.worker.send({ type: "cancel", runId });
  expect(await finished).toMatchObject({ status: "cancelled" });
  const lines = bed.worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
  expect(lines.filter((line) => line.includes("could not be"))).toEqual([]);
});

it("saves one state for each run, and none for a run that changed nothing", async () => {
  expect(await run(keep()).finished).toMatchObject({ status: "succeeded" });
  expect(await run([{ type: "navigate", url: "about:blank" }]).finished).toMatchObject({ status: "succeeded" });
  const before = await listProfileStates(profile());
  expect(before.map(({ version }) => version)).toEqual([1]);
  const again = run([{ type: "navigate", url: "about:blank" }]);
  expect(await again.finished).toMatchObject({ status: "succeeded" });
  expect(bed.worker.events(again.runId).filter(({ kind }) => kind === "profile-saved")).toEqual([]);
  expect(await listProfileStates(profile())).toEqual(before);
});

it("gives the cookies back when the browser's network process dies, and saves them", async () => {
  expect(await run(keep()).finished).toMatchObject({ status: "succeeded" });
  const { runId, finished } = run([open("state"), shown("found local kept=cookie"), stuck]);
  const waits = () => bed.worker.events(runId).some((event) => event.kind === "step-started" && event.index === 2);
  await vi.waitUntil(waits);
  const [network] = browserProcesses("network.mojom.NetworkService");
  process.kill(network ?? 0, "SIGKILL");
  // the browser starts another one
  await vi.waitUntil(() => browserProcesses("network.mojom.NetworkService").some((pid) => pid !== network));
  bed.worker.send({ type: "cancel", runId });
  expect(await finished).toMatchObject({ status: "cancelled" });
  expect(bed.worker.events(runId)).toContainEqual(
    expect.objectContaining({ kind: "log", message: expect.stringContaining("lost its cookies") }),
  );
  expect(await run(find()).finished).toMatchObject({ data: { text: "found local kept=cookie indexed" } });
});

it("tells which things of a site a saved state cannot hold, and none that it can", async () => {
  const plain = run([open("unsaved?by=plain"), shown("all kept")]);
  expect(await plain.finished).toMatchObject({ status: "succeeded" });
  expect(bed.worker.events(plain.runId).filter(({ kind }) => kind === "profile-flags")).toEqual([]);
  const { runId, finished } = run([open("unsaved?by=key,file,cache,service,folder"), shown("all kept")]);
  expect(await finished).toMatchObject({ status: "succeeded" });
  const told = bed.worker.events(runId).flatMap((event) => (event.kind === "profile-flags" ? event.flags : []));
  expect(told.sort()).toEqual(["blob", "cache-storage", "crypto-key", "opfs", "service-worker"]);
  const lines = bed.worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
  expect(lines.join("\n")).toContain("wants the dedicated engine");
});
