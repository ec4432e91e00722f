import { afterAll, beforeAll, expect, test } from "vitest";
import { startMailServer } from "@/server/testing/mail-server";
import { createMailer, type Mailer } from "./mailer.ts";

let server: Awaited<ReturnType<typeof startMailServer>>;
let mailer: Mailer;
const MAIL_FROM = "Deskhand <alerts@example.com>";
const mail = { to: "ada@example.com", subject: "Ünicode 🚨 failed", text: "It failed.\n.\nStill here.", messageId: "<1@example.com>" };

beforeAll(async () => {
  server = await startMailServer();
  mailer = createMailer({ SMTP_URL: server.url, MAIL_FROM }) as Mailer;
});
afterAll(async () => {
  mailer.close();
  await server.close();
});

test("a mail arrives whole, from whom it is said to be, and names itself", async () => {
  expect(await mailer.send(mail)).toMatchObject({ status: 250, problem: null });
  const [arrived] = server.mails;
  expect(arrived?.to).toEqual(["ada@example.com"]);
  expect(arrived?.text).toMatch(/^From: Deskhand <alerts@example.com>$/m);
  expect(arrived?.text).toMatch(/^Message-ID: <1@example.com>$/im);
  expect(arrived?.text).toMatch(/^Auto-Submitted: auto-generated$/m);
  expect(arrived?.text).toContain("Still here.");
});

test("a refusal for good is told apart from one that passes", async () => {
  server.refuse(550);
  expect(await mailer.send(mail)).toMatchObject({ status: 550, problem: "mail-refused", final: true });
  server.refuse(451);
  expect(await mailer.send(mail)).toMatchObject({ status: 451, problem: "mail-failed", final: false });
  server.refuse(undefined);
});

test("a mail server that is not there is no reason to give up", async () => {
  const lonely = createMailer({ SMTP_URL: "smtp://127.0.0.1:9", MAIL_FROM }) as Mailer;
  expect(await lonely.send(mail)).toMatchObject({ status: null, problem: "mail-failed", final: false });
  lonely.close();
});

test("without settings there is no mailer", () => {
  expect(createMailer({})).toBeUndefined();
});
