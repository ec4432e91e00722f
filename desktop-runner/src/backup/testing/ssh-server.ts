import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { freePort, startServerProcess } from "./server-process.ts";

export type SshServer = { port: number; user: string; folder: string; privateKey: string; hostKey: string; stop(): Promise<void> };

/** OpenSSH's own server on loopback, for this user's key alone. `npm test` installs it where it is missing. */
export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-sshd-"));
  const inside = (name: string) => path.join(folder, name);
  for (const name of ["host", "user"]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", inside(name)]);
  writeFileSync(inside("authorized"), readFileSync(inside("user.pub")), { mode: 0o600 });
  mkdirSync(inside("files"));
  chmodSync(folder, 0o700);
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  writeFileSync(
    inside("sshd_config"),
    `ListenAddress 127.0.0.1:${port}
HostKey ${inside("host")}
AuthorizedKeysFile ${inside("authorized")}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding no
X11Forwarding no
LogLevel QUIET
Subsystem sftp internal-sftp
${isRoot ? "PermitRootLogin prohibit-password" : ""}
`,
  );
  // where it separates its privileges, as root; packages make it when they start the service
  if (isRoot && !existsSync("/run/sshd")) mkdirSync("/run/sshd", { mode: 0o755 });
  const program = ["/usr/sbin/sshd", "/usr/bin/sshd"].find((file) => existsSync(file));
  if (!program) throw new Error("sshd is not installed (npm test installs it)");
  const stop = await startServerProcess({ command: program, args: ["-D", "-e", "-f", inside("sshd_config")], port, folder });
  const hostKey = execFileSync("ssh-keygen", ["-l", "-f", inside("host.pub")], { encoding: "utf8" }).split(" ")[1] as string;
  return {
    port,
    user: userInfo().username,
    folder: inside("files"),
    privateKey: readFileSync(inside("user"), "utf8"),
    hostKey,
    stop,
  };
}
