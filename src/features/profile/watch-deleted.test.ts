import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { watchDeleted } from "./watch-deleted.ts";

test("what was deleted is watched until a part of it is there again, which is told once", async () => {
  const queryClient = new QueryClient();
  const queryKey = [["profile", "list"], "deleted"];
  const onBack = vi.fn();
  let deleted = 3;
  const countDeleted = vi.fn(async () => deleted);
  watchDeleted(queryClient, { queryKey, countDeleted, count: 3, onBack });
  await vi.waitFor(() => expect(countDeleted).toHaveBeenCalledTimes(1));
  await queryClient.invalidateQueries({ queryKey });
  expect(onBack).not.toHaveBeenCalled();
  deleted = 1;
  await queryClient.invalidateQueries({ queryKey });
  expect(onBack.mock.calls).toEqual([[2]]);
  deleted = 0;
  await queryClient.invalidateQueries({ queryKey });
  expect(onBack).toHaveBeenCalledTimes(1);
});

test("nothing is asked any more when nobody watches", async () => {
  const queryClient = new QueryClient();
  const queryKey = [["profile", "list"], "deleted"];
  const countDeleted = vi.fn(async () => 0);
  const stop = watchDeleted(queryClient, { queryKey, countDeleted, count: 1, onBack: () => {} });
  stop();
  const asked = countDeleted.mock.calls.length;
  await queryClient.invalidateQueries({ queryKey });
  expect(countDeleted).toHaveBeenCalledTimes(asked);
});
