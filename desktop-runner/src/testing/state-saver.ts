// Saves states of a profile one after the other until it is killed, and tells each that is on the disk: state-saver.ts <folder> [first]
import { type StorageState, writeState } from "../browser/state-files.ts";

const [folder, first] = process.argv.slice(2);
if (!folder || !process.send) throw new Error("Started by a test, with a folder.");

/** Large enough to take several writes; a state that is torn, or made of two, has values that differ. */
const stateOf = (count: number): StorageState => ({
  cookies: [],
  origins: [{ origin: "http://a", localStorage: Array.from({ length: 2_000 }, (_, index) => ({ name: `k${index}`, value: `${count}` })) }],
});

let version: number | undefined;
for (let count = Number(first ?? 1); ; count++) {
  // as runs do: one state for each, saved several times
  const written = await writeState(folder, stateOf(count), count % 3 !== 0 && version !== undefined ? { instead: version } : {});
  version = written.version;
  process.send(count);
}
