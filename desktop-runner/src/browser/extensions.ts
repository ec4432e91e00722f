import { readdirSync } from "node:fs";
import path from "node:path";

/** Of a profile's folder: each folder in it is an unpacked extension. */
export const extensionsFolder = "extensions";

/** Folders of the unpacked extensions that lie in the profile. */
export function extensionsOf(profileDir: string): string[] {
  const folder = path.join(profileDir, extensionsFolder);
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    // a comma would end the name on the browser's command line
    return entries.filter((entry) => entry.isDirectory() && !entry.name.includes(",")).map(({ name }) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Has a browser load them beside those that its own folder has. `disabled`: features that have to be switched off for that. */
export function loadExtensions(extensions: readonly string[]): { args: string[]; disabled: string[] } {
  if (extensions.length === 0) return { args: [], disabled: [] };
  // Chromium stopped taking extensions from its command line unless it is asked to go on
  return { args: [`--load-extension=${extensions.join(",")}`], disabled: ["DisableLoadExtensionCommandLineSwitch"] };
}
