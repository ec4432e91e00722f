import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The version that the program says it has, as 156.0.8090.2. @throws when it cannot be started or says none */
export async function versionOfProgram(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, ["--version"], { timeout: 15_000 });
  const version = /\d+(\.\d+){3}/.exec(stdout)?.[0];
  if (!version) throw new Error("the browser does not say its version");
  return version;
}
