// A runner with the fake worker, as a process of its own that tests can kill. Its folder is DESKHAND_HOME.
import path from "node:path";
import { runnerHome } from "../../identity/home.ts";
import { startRunner } from "../../main.ts";

startRunner({
  home: runnerHome(),
  workerFile: path.join(import.meta.dirname, "fake-worker.ts"),
  onStatus: ({ state }) => process.send?.({ state }),
});
