import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";

/** Folders that a browser makes anew: caches, compiled shaders, crash reports, components that it downloads itself. Anywhere in the tree. */
const madeAnew = new Set([
  "cache",
  "cache_data",
  "code cache",
  "gpucache",
  "gpupersistentcache",
  "graphitedawncache",
  "grshadercache",
  "shadercache",
  "dawncache",
  "dawngraphitecache",
  "dawnwebgpucache",
  "media cache",
  "application cache",
  "component_crx_cache",
  "extensions_crx_cache",
  "crash reports",
  "crashpad",
  "optimization_guide_model_store",
  "optimization_guide_prediction_model_downloads",
  "optimizationguidepredictionmodels",
  "safe browsing",
  "browsermetrics",
  "deferredbrowsermetrics",
  "segmentation_platform",
  "ondeviceheadsuggestmodel",
  "widevinecdm",
  "pnacl",
  "subresource filter",
  "snapshots",
]);
/** Files of a browser that runs, or that say which one last did. */
const ofTheMoment =
  /^(Singleton(Lock|Cookie|Socket)|lockfile|LOCK|DevToolsActivePort|RunningChromeVersion|BrowserMetrics.*\.pma|.*\.tmp)$/i;

export type UserDataFile = { /** With "/" between folders. */ name: string; file: string };

/** The files of a browser's user-data folder that are worth keeping. Links, sockets and the like are passed over. */
export async function* userDataFiles(folder: string, below = ""): AsyncGenerator<UserDataFile> {
  let entries: Dirent[];
  try {
    entries = await readdir(path.join(folder, below), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      // a site's own cache (Service Worker/CacheStorage) is something that it put there
      if (!madeAnew.has(entry.name.toLowerCase())) yield* userDataFiles(folder, name);
    } else if (entry.isFile() && !ofTheMoment.test(entry.name)) {
      yield { name, file: path.join(folder, name) };
    }
  }
}
