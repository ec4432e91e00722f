import type { Proof } from "@deskhand/shared/protocol/handshake";
import type { RunnerHome } from "../identity/home.ts";
import type { RunnerIdentity } from "../identity/identity.ts";
import type { Pairing } from "../identity/pairing-file.ts";

/** Who this runner is, and what it tells about itself when it connects. */
export type Credentials = {
  home: RunnerHome;
  identity: RunnerIdentity;
  pairing: Pairing;
  /** Made anew by each process. */
  instanceId: string;
  version: string;
  browser: () => Proof["browser"];
};
