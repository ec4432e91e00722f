import { readdir } from "node:fs/promises";
import path from "node:path";
import { userDataFiles } from "../../profiles/user-data-files.ts";

/** Below this folder of a profile a browser writes as it likes; everything else is put in place by a rename. */
export const BROWSER_FOLDER = "user-data";

/** Ours: the profile's lock, and what is half written or was put aside as unreadable. */
const ours = /^lock(\.|$)|\.tmp$|^state\.corrupt-/;

/** The files of a profile's folder that belong into a backup, with `/` between the parts of their names, sorted; none when it is not there. */
export async function listFiles(folder: string, within = ""): Promise<string[]> {
  const entries = await readdir(path.join(folder, within), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // gone since it was listed
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return [];
    throw error;
  });
  const names: string[] = [];
  for (const entry of entries) {
    if ((within === "" && ours.test(entry.name)) || entry.name.endsWith(".tmp")) continue;
    const name = within ? `${within}/${entry.name}` : entry.name;
    if (name === BROWSER_FOLDER) {
      for await (const file of userDataFiles(path.join(folder, name))) names.push(`${name}/${file.name}`);
    } else if (entry.isDirectory()) names.push(...(await listFiles(folder, name)));
    // no links, sockets or pipes: they would lead out of the folder
    else if (entry.isFile()) names.push(name);
  }
  return within === "" ? names.sort() : names;
}
