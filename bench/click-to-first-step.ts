// From the deploy call to the start of the first step on a warm runner, on loopback. Goal: p50 of at most 100 ms. The floor is a call
// to the same server that does nothing but read.
import { makeProductFolder } from "../e2e/start-product.ts";
import { call, type Product, startProduct } from "./product.ts";
import { signInRecording } from "./sign-in-recording.ts";

const SAMPLES = 60;
const GOAL_P50_MS = 100;

type Detail = { state: string; steps: { startedAt: string | null }[] };

const percentile = (values: number[], p: number) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * p) / 100))] as number;

async function clickToFirstStep(product: Product, workflowId: string): Promise<number> {
  const { runnerId, profileId } = product.firstRun;
  const clicked = Date.now();
  const { runIds } = await call<{ runIds: string[] }>(product, "POST", "/deployments", {
    workflowId,
    runnerId,
    profileIds: [profileId],
    inputs: {},
  });
  for (;;) {
    const run = await call<Detail>(product, "GET", `/runs/${runIds[0]}`);
    const startedAt = run.steps[0]?.startedAt;
    if (startedAt && run.state === "succeeded") return Date.parse(startedAt) - clicked;
    if (["failed", "cancelled", "expired"].includes(run.state)) throw new Error(`the run ended as ${run.state}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const folder = await makeProductFolder();
const product = await startProduct(folder.dir);
try {
  const { id: workflowId } = await call<{ id: string }>(product, "POST", "/workflows", { recording: signInRecording(product.url) });
  for (let i = 0; i < 5; i++) await clickToFirstStep(product, workflowId);
  const floor: number[] = [];
  const ours: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    const asked = performance.now();
    await call(product, "GET", `/workflows/${workflowId}`);
    floor.push(performance.now() - asked);
    ours.push(await clickToFirstStep(product, workflowId));
  }
  console.log(
    JSON.stringify({
      bench: "click-to-first-step",
      samples: SAMPLES,
      p50Ms: percentile(ours, 50),
      p95Ms: percentile(ours, 95),
      readCallP50Ms: Math.round(percentile(floor, 50)),
      ratioToReadCall: Number((percentile(ours, 50) / percentile(floor, 50)).toFixed(2)),
      goalP50Ms: GOAL_P50_MS,
    }),
  );
} finally {
  await product.stop();
  await folder.remove();
}
