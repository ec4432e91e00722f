import { runnerHome } from "../../identity/home.ts";
import { checkBrowser } from "../checks/browser.ts";
import type { Check } from "../checks/check.ts";
import { checkDisk, checkFolder, checkIdentity, checkJournal, checkNode, checkPolicy } from "../checks/computer.ts";
import { checkApiKey, checkServer } from "../checks/server.ts";
import type { CommandContext } from "../command.ts";

const marks = { ok: "✓", warn: "!", fail: "✗" } as const;

/** `deskhand doctor`: what is wrong on this computer, and how to mend it. Ends with 3 when something keeps it from working. */
export async function doctor(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const checks: (() => Check[] | Promise<Check[]>)[] = [
    checkNode,
    () => checkFolder(home),
    () => checkIdentity(home),
    () => checkPolicy(home),
    () => checkJournal(home),
    () => checkDisk(home),
    checkBrowser,
    () => checkServer(env, home),
    () => checkApiKey(env, home),
  ];
  let worst: Check["status"] = "ok";
  for (const run of checks) {
    for (const check of await run()) {
      const { name, status, message, whatToDo } = check;
      if (status === "fail" || worst === "ok") worst = status;
      output.tell(
        { type: "check", name, status, message, whatToDo: whatToDo ?? null },
        `${marks[status]} ${message}${whatToDo ? `\n    ${whatToDo}` : ""}`,
      );
    }
  }
  const words = {
    ok: "All is well.",
    warn: "It works; look at the lines with !",
    fail: "Something keeps it from working: see the lines with ✗",
  };
  output.result({ status: worst }, words[worst]);
  return worst === "fail" ? 3 : 0;
}
