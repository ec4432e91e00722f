// Has a workflow run on a profile, follows its steps, and prints what it read.
//   DESKHAND_URL=… DESKHAND_API_KEY=dh_… node examples/deploy-and-wait.ts PROFILE ADDRESS
import { createDeskhandClient } from "@deskhand/shared/client/deskhand-client";

const { DESKHAND_URL: url = "http://localhost:3000", DESKHAND_API_KEY: apiKey = "" } = process.env;
const [profileName = "", address = ""] = process.argv.slice(2);
const deskhand = createDeskhandClient({ url, apiKey });

const [profile] = (await deskhand.profiles.list({ search: profileName }).all()).filter(({ name }) => name === profileName);
if (!profile) throw new Error(`There is no profile called ${profileName}.`);

const workflow = await deskhand.workflows.create({
  name: `Headings of ${new URL(address).host}`,
  recording: {
    title: "Headings",
    steps: [
      { type: "navigate", url: address },
      { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "headings", selectors: ["h1, h2"], all: true } },
    ],
  },
});

const { runIds } = await deskhand.deployments.create({ workflowId: workflow.id, runnerId: profile.runnerId, profileIds: [profile.id] });
for (const runId of runIds) {
  const run = await deskhand.runs.waitForEnd(runId, { timeoutMs: 120_000, onChange: ({ state }) => console.error(state) });
  for await (const { message } of deskhand.runs.log(runId)) console.error(message);
  if (run.state !== "succeeded") throw new Error(`The run ${run.state}: ${run.failureCode ?? ""}`);
  console.log(JSON.stringify(await deskhand.runs.data(runId)));
}
