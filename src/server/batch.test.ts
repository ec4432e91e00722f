import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { batched } from "./batch.ts";
import type { Context } from "./context.ts";
import type { Db } from "./db.ts";
import { AppError } from "./errors.ts";

/** A use case that doubles numbers, whose transactions end when the test says so. */
function bench(work?: (numbers: number[]) => void) {
  const begun: { numbers: number[]; end(): void }[] = [];
  const waiters: (() => void)[] = [];
  const double = batched<number, number>({
    keyOf: (number) => String(number % 10),
    work: async (_, batch) => {
      const numbers = batch.map(({ input }) => input);
      await new Promise<void>((end) => {
        begun.push({ numbers, end });
        for (const wake of waiters.splice(0)) wake();
      });
      work?.(numbers);
      return numbers.map((number) => (number < 0 ? new AppError("NOT_FOUND") : number * 2));
    },
  });
  const ctx = { db: {} as Db } as Context;
  return {
    ask: (number: number) => double(ctx, number),
    /** The nth that has begun. */
    async batch(n: number) {
      while (begun.length <= n) await new Promise<void>((wake) => waiters.push(wake));
      return begun[n] as (typeof begun)[number];
    },
  };
}

test("what is asked in one turn goes together, what is asked meanwhile goes together next, in its order", async () => {
  const { ask, batch } = bench();
  const first = [ask(1), ask(2)];
  const one = await batch(0);
  expect(one.numbers).toEqual([1, 2]);
  const next = [ask(3), ask(4), ask(5)];
  one.end();
  expect(await Promise.all(first)).toEqual([2, 4]);
  const two = await batch(1);
  expect(two.numbers).toEqual([3, 4, 5]);
  two.end();
  expect(await Promise.all(next)).toEqual([6, 8, 10]);
});

test("two with the same key are never in one batch, and the first comes first", async () => {
  const { ask, batch } = bench();
  const asked = [ask(1), ask(11), ask(2), ask(21)];
  for (const [n, numbers] of [[1, 2], [11], [21]].entries()) {
    const { numbers: taken, end } = await batch(n);
    expect(taken).toEqual(numbers);
    end();
  }
  expect(await Promise.all(asked)).toEqual([2, 22, 4, 42]);
});

test("each is told what came of its own", async () => {
  const { ask, batch } = bench();
  const asked = Promise.allSettled([ask(1), ask(-2)]);
  (await batch(0)).end();
  expect(await asked).toMatchObject([{ value: 2 }, { reason: { code: "NOT_FOUND" } }]);
});

test("one that cannot be done does not hold the others: a batch that fails is tried one by one", async () => {
  const { ask, batch } = bench((numbers) => {
    if (numbers.includes(2)) throw new Error("the row of 2 is broken");
  });
  const asked = Promise.allSettled([ask(1), ask(2), ask(3)]);
  for (const n of [0, 1, 2, 3]) (await batch(n)).end();
  expect(await asked).toMatchObject([{ value: 2 }, { reason: { message: "the row of 2 is broken" } }, { value: 6 }]);
});

test("a database that is away is not asked again for each of a batch", async () => {
  const { ask, batch } = bench(() => {
    throw new AppError("DATABASE_UNAVAILABLE");
  });
  const asked = Promise.allSettled([ask(1), ask(2)]);
  (await batch(0)).end();
  expect(await asked).toMatchObject([{ reason: { code: "DATABASE_UNAVAILABLE" } }, { reason: { code: "DATABASE_UNAVAILABLE" } }]);
  const later = ask(3).catch((error: AppError) => error.code);
  const { numbers, end } = await batch(1);
  expect(numbers).toEqual([3]);
  end();
  expect(await later).toBe("DATABASE_UNAVAILABLE");
});

describe("what has patience", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
  afterEach(() => void vi.useRealTimers());

  function patientBench() {
    const batches: number[][] = [];
    const note = batched<number, number>({
      patienceOf: (number) => (number < 0 ? 5 : 0),
      work: async (_, batch) => {
        batches.push(batch.map(({ input }) => input));
        return batch.map(({ input }) => input);
      },
    });
    const ctx = { db: {} as Db } as Context;
    return { batches, note: (number: number) => note(ctx, number) };
  }

  test("goes with the next that has none", async () => {
    const { batches, note } = patientBench();
    await Promise.all([note(-1), note(-2), note(3)]);
    expect(batches).toEqual([[-1, -2, 3]]);
  });

  test("goes by itself when its time is over, and waits for no longer than the first of them", async () => {
    const { batches, note } = patientBench();
    const first = note(-1);
    vi.advanceTimersByTime(3);
    const second = note(-2);
    vi.advanceTimersByTime(1);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await Promise.all([first, second]);
    expect(batches).toEqual([[-1, -2]]);
  });
});
