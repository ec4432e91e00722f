import type { ArtifactView, RunDetail } from "@deskhand/shared/schemas/run";
import { describe, expect, it } from "vitest";
import { following, neighbour, shownStep, stageContent } from "./stage-content.ts";

const at = "2026-01-01T00:00:00.000Z";
const id = (step: number, picture: number) => `picture-${step}-${picture}`;

function picture(step: number, number = 1): ArtifactView {
  const rest = { runId: "run", name: "step.jpg", bytes: 1, sha256: "", contentType: "image/jpeg", createdAt: at };
  return { ...rest, id: id(step, number), type: "screenshot", stepIndex: step };
}

function run(changes: Partial<RunDetail>): RunDetail {
  const step = {
    type: "click",
    verb: "Click",
    target: "",
    detail: null,
    depth: 0,
    turns: 1,
    startedAt: null,
    durationMs: null,
    failureCode: null,
  };
  return {
    id: "run",
    projectId: "project",
    deploymentId: "deployment",
    workflowId: "workflow",
    workflowName: "Workflow",
    version: 1,
    runnerId: "runner",
    runnerName: "Studio Mac",
    runnerOnline: true,
    runnerPaused: false,
    runnerPausedByProject: false,
    runnerQuietUntil: null,
    refusals: [],
    begun: null,
    record: false,
    window: false,
    trial: false,
    profileId: "profile",
    profileName: "Profile",
    waitsFor: null,
    state: "succeeded",
    failureCode: null,
    failureStep: null,
    cancelRequestedAt: null,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
    revision: "1",
    manifestId: null,
    held: null,
    waiting: null,
    proxyMismatch: null,
    steps: [0, 1, 2, 3].map((index) => ({ ...step, index, number: String(index + 1), caller: null, called: null, state: "succeeded" })),
    artifacts: [picture(1), picture(2), picture(2, 2)],
    ...changes,
  };
}

describe("the large picture of a run", () => {
  it("is the page itself while the run goes on, until somebody chooses a step", () => {
    const running = run({ state: "running", finishedAt: null });
    expect(stageContent(running, following)).toEqual({ kind: "live" });
    expect(stageContent(running, { step: 1, shotId: null })).toMatchObject({ kind: "shot", shot: { step: 1 } });
  });

  it("says what a run waits for before there is a page", () => {
    expect(stageContent(run({ state: "queued", startedAt: null, runnerOnline: false }), following)).toMatchObject({
      kind: "message",
      mood: "waits",
      text: expect.stringContaining("Waits for Studio Mac, which is offline"),
    });
  });

  it("is the step that failed, else the last picture, when the run is over", () => {
    expect(shownStep(run({ state: "failed", failureStep: 1 }), following)).toBe(1);
    expect(stageContent(run({}), following)).toMatchObject({ kind: "shot", shot: { artifact: { id: id(2, 2) } } });
  });

  it("says where the pictures are when their runner is offline", () => {
    expect(stageContent(run({ runnerOnline: false }), following)).toMatchObject({
      text: "These files are on Studio Mac, which is offline. They will be here when it is back.",
    });
  });

  it("says why a step has no picture", () => {
    expect(stageContent(run({}), { step: 0, shotId: null })).toMatchObject({
      kind: "message",
      text: expect.stringContaining("no screenshot"),
    });
    expect(stageContent(run({ artifacts: [], startedAt: null, state: "expired" }), following)).toMatchObject({
      text: expect.stringContaining("never started"),
    });
  });
});

describe("left and right", () => {
  it("go through every picture and stop at both ends", () => {
    const last = { step: 2, shotId: id(2, 2) };
    expect(neighbour(run({}), last, 1)).toBeNull();
    expect(neighbour(run({}), last, -1)).toEqual({ step: 2, shotId: id(2, 1) });
    expect(neighbour(run({}), { step: 1, shotId: null }, -1)).toBeNull();
  });

  it("find the nearest picture from a step that has none", () => {
    expect(neighbour(run({}), { step: 0, shotId: null }, 1)).toEqual({ step: 1, shotId: id(1, 1) });
    expect(neighbour(run({}), { step: 3, shotId: null }, -1)).toEqual({ step: 2, shotId: id(2, 2) });
    expect(neighbour(run({}), { step: 3, shotId: null }, 1)).toBeNull();
  });
});
