/**
 * The code of a `deskhand.code` step is the body of a function, or a module whose default export is that function; the second is what an
 * editor can check as a file. Imports of types may come before the export, and nothing that has to be loaded.
 */
export function isCodeModule(code: string): boolean {
  return defaultExport.test(code);
}

/** Where `export default` stands at the beginning of a line. */
export const defaultExport = /^export[ \t]+default\b/m;
