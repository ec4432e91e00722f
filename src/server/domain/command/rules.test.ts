import { errorCodes } from "@deskhand/shared/error-codes";
import { type CommandState, commandState, isFinal } from "@deskhand/shared/schemas/run";
import { isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endOf, judgeRefusal, judgeToken, mayChange, newEvents, pathBetween } from "./rules.ts";

const states = commandState.options;
const anyState = fc.constantFrom(...states);
/** How far a command has come; every end is the last place. */
const rank: Record<CommandState, number> = {
  queued: 0,
  leased: 1,
  accepted: 2,
  running: 3,
  succeeded: 4,
  failed: 4,
  cancelled: 4,
  expired: 4,
};

describe("the states of a command", () => {
  test("a command only ever moves on, and an end is for good", () => {
    fc.assert(
      fc.property(anyState, anyState, (from, to) => {
        if (mayChange(from, to)) expect(rank[to]).toBeGreaterThan(rank[from]);
        if (isFinal(from)) expect(mayChange(from, to)).toBe(false);
      }),
    );
  });

  test("every command can end, whatever state it is in", () => {
    for (const state of states.filter((each) => !isFinal(each))) {
      expect(mayChange(state, "failed"), state).toBe(true);
      expect(mayChange(state, "cancelled"), state).toBe(true);
      expect(mayChange(state, "expired"), state).toBe(true);
    }
  });

  test("nothing succeeds or runs that was never accepted", () => {
    for (const to of ["running", "succeeded"] as const) {
      expect(mayChange("queued", to)).toBe(false);
      expect(mayChange("leased", to)).toBe(false);
      expect(pathBetween("leased", to)).toEqual(["accepted", to]);
      expect(pathBetween("queued", to)).toBeUndefined();
    }
  });

  test("a path is made of allowed changes and ends where it should", () => {
    fc.assert(
      fc.property(anyState, anyState, (from, to) => {
        const path = pathBetween(from, to);
        if (!path) return;
        expect(path.at(-1)).toBe(to);
        let state = from;
        for (const step of path) {
          expect(mayChange(state, step)).toBe(true);
          state = step;
        }
      }),
    );
  });
});

describe("lease tokens", () => {
  test("the last and the one before are told apart from all others, and nothing matches what was never leased", () => {
    expect(judgeToken({ leaseToken: "b", previousLeaseToken: "a" }, "b")).toBe("current");
    expect(judgeToken({ leaseToken: "b", previousLeaseToken: "a" }, "a")).toBe("previous");
    expect(judgeToken({ leaseToken: "b", previousLeaseToken: "a" }, "c")).toBe("stale");
    expect(judgeToken({ leaseToken: null, previousLeaseToken: null }, "c")).toBe("stale");
  });
});

describe("the end that a runner reports", () => {
  test("a start that came too late is an expiry, and a cancel when one was asked", () => {
    const late = { state: "failed", failureCode: "COMMAND_EXPIRED" } as const;
    expect(endOf(late, false)).toEqual({ state: "expired", failureCode: "COMMAND_EXPIRED" });
    expect(endOf(late, true)).toEqual({ state: "cancelled", failureCode: "CANCELLED" });
  });

  test("a cancel that came too late does not undo a success", () => {
    expect(endOf({ state: "succeeded", failureCode: null }, true)).toEqual({ state: "succeeded", failureCode: null });
  });

  test("whatever is not a success has a reason", () => {
    expect(endOf({ state: "failed", failureCode: null }, false).failureCode).toBe("INTERNAL");
    expect(endOf({ state: "cancelled", failureCode: null }, true).failureCode).toBe("CANCELLED");
  });

  test("a refusal for good always has words for people", () => {
    for (const code of errorCodes) {
      const verdict = judgeRefusal(code);
      expect(verdict === "later" || isRunFailureCode(verdict), code).toBe(true);
    }
  });
});

describe("the sequence of events", () => {
  test("in any order of deliveries, with repeats and losses, each event is applied once and in order", () => {
    const delivery = fc.record({ from: fc.integer({ min: 1, max: 30 }), count: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 60 }), (deliveries) => {
        const applied: number[] = [];
        for (const { from, count } of deliveries) {
          const verdict = newEvents(applied.length, from, count);
          const sent = Array.from({ length: count }, (_, index) => from + index);
          if (verdict.kind === "new") applied.push(...sent.slice(verdict.skip));
          if (verdict.kind === "gap") expect(from).toBeGreaterThan(applied.length + 1);
          if (verdict.kind === "known") expect(sent.at(-1)).toBeLessThanOrEqual(applied.length);
        }
        expect(applied).toEqual(applied.map((_, index) => index + 1));
      }),
    );
  });
});
