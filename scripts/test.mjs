// `npm test`: runs on the machine's own Node, installs what is missing, then hands over to scripts/test/main.ts.
import { handOver } from "./bootstrap.mjs";

await handOver("scripts/test/main.ts", process.argv.slice(2));
