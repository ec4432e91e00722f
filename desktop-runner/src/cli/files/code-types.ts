/** What gives an editor the types of code steps; it needs Playwright's own, from `playwright-core` or `playwright`. */
export const codeTypesName = "deskhand.d.ts";

export const codeTypes = `// Written by \`deskhand pull\`. The types of code steps, for editors: npm install --save-dev playwright-core
import type { BrowserContext, Page } from "playwright-core";

declare global {
  /** What a code step is: \`export default (async ({ page }) => { … }) satisfies DeskhandCode;\` */
  type DeskhandCode<Variables extends Record<string, unknown> = Record<string, any>> = (step: {
    /** The page that the step before it was on. */
    page: Page;
    /** The profile's context: its cookies, its other pages. */
    context: BrowserContext;
    /** Copies of the inputs and variables of the workflow, by their names. */
    variables: Variables;
  }) => Promise<unknown> | unknown;
}
`;
