import type { DeliveryProblem } from "@deskhand/shared/schemas/delivery";
import { createTransport } from "nodemailer";

const TIMEOUT_MS = 15_000;

export type Mail = {
  to: string;
  subject: string;
  text: string;
  /** The same for each attempt at this mail, so that a receiver can tell a repeat. */
  messageId: string;
};

export type MailAnswer = {
  /** SMTP's reply code; null when the server could not be reached. */
  status: number | null;
  problem: DeliveryProblem | null;
  durationMs: number;
  /** Worth another try? A 5xx reply is for good (RFC 5321, section 4.2.1). */
  final: boolean;
};

export type Mailer = { send(mail: Mail): Promise<MailAnswer>; close(): void };

/** Sends mail through the SMTP server that is set up; undefined when none is. What it answers never throws. */
export function createMailer({
  SMTP_URL,
  MAIL_FROM,
}: {
  SMTP_URL?: string | undefined;
  MAIL_FROM?: string | undefined;
}): Mailer | undefined {
  if (!SMTP_URL || !MAIL_FROM) return undefined;
  const transport = createTransport(
    {
      url: SMTP_URL,
      pool: true,
      maxConnections: 2,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from: MAIL_FROM },
  );
  // a pool that cannot connect is told by the mail that wanted it
  transport.on("error", () => {});
  return {
    async send({ to, subject, text, messageId }) {
      const began = performance.now();
      const since = () => Math.round(performance.now() - began);
      try {
        await transport.sendMail({ to, subject, text, messageId, headers: { "Auto-Submitted": "auto-generated" } });
        return { status: 250, problem: null, durationMs: since(), final: true };
      } catch (error) {
        const { responseCode } = error as { responseCode?: unknown };
        const status = typeof responseCode === "number" ? responseCode : null;
        const final = status !== null && status >= 500;
        return { status, problem: final ? "mail-refused" : "mail-failed", durationMs: since(), final };
      }
    },
    close: () => transport.close(),
  };
}
