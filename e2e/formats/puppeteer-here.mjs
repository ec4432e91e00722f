import { registerHooks } from "node:module";

/**
 * The command line of `@puppeteer/replay` asks for `puppeteer`, which brings a browser of its own. Here it gets the same library without one,
 * and the browser of the tests. To be preloaded with `--import`.
 */
const here = `
import core from ${JSON.stringify(import.meta.resolve("puppeteer-core"))};
const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
export default { launch: (options) => core.launch({ ...options, args, executablePath: process.env.PUPPETEER_EXECUTABLE_PATH }) };
`;
const url = `data:text/javascript,${encodeURIComponent(here)}`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "puppeteer" ? { url, format: "module", shortCircuit: true } : next(specifier, context),
});
