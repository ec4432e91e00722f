import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { expect, it } from "vitest";
import { askAgain } from "./ask-again.ts";

/** A query that a page shows, whose answers the test gives one by one. */
function watch(client: QueryClient, name: string) {
  const asked: ((answer: string) => void)[] = [];
  const observer = new QueryObserver(client, {
    queryKey: [name],
    queryFn: () => new Promise<string>((answer) => asked.push(answer)),
  });
  observer.subscribe(() => {});
  return { asked, shown: () => observer.getCurrentResult().data };
}

/** Lets everything happen that waits for nothing outside. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

it("asks once more for a first answer that was on its way when the change came", async () => {
  const client = new QueryClient();
  const { asked, shown } = watch(client, "keys");
  expect(asked).toHaveLength(1);
  const done = askAgain(client, () => true);
  asked[0]?.("from before the change");
  await settle();
  expect(asked).toHaveLength(2);
  asked[1]?.("from after it");
  await done;
  expect(shown()).toBe("from after it");
});

it("asks for what is shown once, and for nothing that the change does not concern", async () => {
  const client = new QueryClient();
  const [keys, runs] = [watch(client, "keys"), watch(client, "runs")];
  keys.asked[0]?.("old");
  runs.asked[0]?.("old");
  await settle();
  const done = askAgain(client, ([name]) => name === "keys");
  keys.asked[1]?.("new");
  await done;
  expect([keys.asked.length, runs.asked.length]).toEqual([2, 1]);
  expect(keys.shown()).toBe("new");
});
