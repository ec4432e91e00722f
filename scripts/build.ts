// `npm run build`: builds what is missing or stale and says so.
import { buildAll } from "./build/all.ts";

try {
  await buildAll({ report: (line) => console.log(line) });
  console.log("Everything is built");
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
