import type { Proof } from "@deskhand/shared/protocol/handshake";
import type { DeviceKeys } from "../identity/device-keys.ts";
import type { RunnerHome } from "../identity/home.ts";
import type { Pairing } from "../identity/pairing-file.ts";

/** Who this runner is, and what it tells about itself when it connects. */
export type Credentials = {
  home: RunnerHome;
  keys: DeviceKeys;
  pairing: Pairing;
  /** Made anew by each process. */
  instanceId: string;
  version: string;
  browser: () => Proof["browser"];
  hardwareId?: string | undefined;
};
