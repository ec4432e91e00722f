import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** An unpacked extension that counts, in its own storage, the pages of this computer that were opened, and marks each with the number. */
export function makeExtension(folder: string, manifest: Record<string, unknown> = {}): string {
  mkdirSync(folder, { recursive: true });
  const made = {
    manifest_version: 3,
    name: "Counter",
    version: "1.2",
    permissions: ["storage"],
    content_scripts: [{ matches: ["http://127.0.0.1/*"], js: ["lock.js"] }],
    ...manifest,
  };
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify(made));
  writeFileSync(
    path.join(folder, "lock.js"),
    `chrome.storage.local.get("count").then(async ({ count = 0 }) => {
      await chrome.storage.local.set({ count: count + 1 });
      document.documentElement.dataset.count = String(count + 1);
    });`,
  );
  return folder;
}

/** As a person does it in a Chrome of this folder, which is closed now, by "Load unpacked". */
export function loadUnpacked(userData: string, extension: string): void {
  const file = path.join(userData, "Default/Preferences");
  const preferences = JSON.parse(readFileSync(file, "utf8"));
  const may = { api: ["storage"], explicit_host: [], manifest_permissions: [], scriptable_host: ["http://127.0.0.1/*"] };
  const settings = { ...preferences.extensions?.settings };
  // 4: unpacked (extensions/common/manifest.h); 38: its place, access to files, without asking
  settings[idOf(extension)] = {
    location: 4,
    path: extension,
    creation_flags: 38,
    state: 1,
    active_permissions: may,
    granted_permissions: may,
  };
  preferences.extensions = { ...preferences.extensions, settings, ui: { developer_mode: true } };
  writeFileSync(file, JSON.stringify(preferences));
}

/** Of its place: the hash's first half, in letters from a to p. */
function idOf(extension: string): string {
  const hash = createHash("sha256").update(extension).digest("hex").slice(0, 32);
  return [...hash].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join("");
}
