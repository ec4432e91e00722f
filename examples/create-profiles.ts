// Makes many profiles on a runner, each with a device of its own, and lists them.
//   DESKHAND_URL=… DESKHAND_API_KEY=dh_… node examples/create-profiles.ts RUNNER COUNT PATTERN
import { DeskhandError } from "@deskhand/shared/client/client-error";
import { createDeskhandClient } from "@deskhand/shared/client/deskhand-client";

const { DESKHAND_URL: url = "http://localhost:3000", DESKHAND_API_KEY: apiKey = "" } = process.env;
const [runnerName = "", count = "10", pattern = "Shop {n:03}"] = process.argv.slice(2);
const deskhand = createDeskhandClient({ url, apiKey });

const runner = (await deskhand.runners.list()).find(({ name, status }) => name === runnerName && status === "accepted");
if (!runner) throw new Error(`There is no runner called ${runnerName}.`);

try {
  await deskhand.profiles.createMany({ runnerId: runner.id, count: Number(count), pattern, tags: ["example"] });
} catch (error) {
  if (!(error instanceof DeskhandError)) throw error;
  // the code is stable and made to be decided by; the words are for people
  console.error(`${error.code}: ${error.message} ${error.whatToDo ?? ""}`);
  process.exit(1);
}
const [beginning = ""] = pattern.split("{");
for await (const { name } of deskhand.profiles.list({ runnerId: runner.id, search: beginning.trim() })) console.log(name);
