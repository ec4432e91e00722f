// `npm start`: runs on the machine's own Node, installs what is missing, then hands over to scripts/start/main.ts.
import { handOver } from "./bootstrap.mjs";

await handOver("scripts/start/main.ts", process.argv.slice(2));
