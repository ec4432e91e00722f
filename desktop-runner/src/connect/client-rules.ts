import type { CdpMessage } from "./cdp-pipe.ts";

export type Verdict = { pass: true } | { pass: false; message: string } | { close: true };

/**
 * What a connected client may not ask of the browser: all that would lead past the gate, which is the browser's only way out. Everything
 * else is its own business: whoever has the token is the owner of this computer's runner.
 */
export function judgeClient({ method, params }: CdpMessage): Verdict {
  switch (method) {
    // it has asked for the end of the whole session; the state is saved before
    case "Browser.close":
    case "Browser.crash":
    case "Browser.crashGpuProcess":
      return method === "Browser.close" ? { close: true } : refused("Deskhand does not let a client end the browser like this.");
    case "Target.createBrowserContext":
      return params?.proxyServer || params?.proxyBypassList
        ? refused("Deskhand's policy is the only way out: set the proxy of the profile instead of one for a context.")
        : { pass: true };
    // commands inside of a text, which would not be looked at; nobody who uses flat sessions needs it
    case "Target.sendMessageToTarget":
      return refused("Deskhand takes flat sessions only.");
    // opens ports of this computer
    case "Tethering.bind":
    case "Tethering.unbind":
      return refused("Deskhand does not forward ports.");
    default:
      return { pass: true };
  }
}

function refused(message: string): Verdict {
  return { pass: false, message };
}
