import type { JournaledCommand } from "../journal/command-row.ts";

type Waiting = Pick<JournaledCommand, "id" | "profileId" | "runId" | "fairKey">;

/**
 * The order in which waiting commands are looked at: tasks as they came, and of the runs one of each deployment in turn, beginning with
 * those that have the fewest under way. On one profile nothing overtakes; what came after a task that `isBarrier` stays behind it.
 * @param underWay the fair keys of the runs that are under way
 */
export function fairOrder<Command extends Waiting>(
  waiting: readonly Command[],
  underWay: Iterable<string>,
  isBarrier: (command: Command) => boolean,
): Command[] {
  const ordered: Command[] = [];
  const running = Map.groupBy(underWay, (key) => key);
  let section: Command[] = [];
  const close = () => {
    ordered.push(...inTurns(section, (key) => running.get(key)?.length ?? 0));
    section = [];
  };
  for (const command of waiting) {
    if (isBarrier(command)) {
      close();
      ordered.push(command);
    } else section.push(command);
  }
  close();
  return ordered;
}

function inTurns<Command extends Waiting>(commands: readonly Command[], running: (key: string) => number): Command[] {
  const turns = new Map<string, number>();
  const ofProfile = new Map<string, number>();
  const ranked = commands.map((command, position) => {
    const { profileId, runId, fairKey } = command;
    const before = ofProfile.get(profileId) ?? -1;
    // a task takes no place: it is never in a run's way
    const turn = runId === null ? before : Math.max(before, turns.get(fairKey) ?? running(fairKey));
    if (runId !== null) turns.set(fairKey, (turns.get(fairKey) ?? running(fairKey)) + 1);
    if (profileId !== "") ofProfile.set(profileId, turn);
    return { command, turn, position };
  });
  return ranked.sort((a, b) => a.turn - b.turn || a.position - b.position).map(({ command }) => command);
}
