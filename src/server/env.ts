import { homedir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { defaultPlan } from "./plan.ts";

/**
 * Every setting that Deskhand reads from its environment. `.env.example` lists the same names; a test compares them.
 * `example` is shown when a value is refused.
 */
const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a whole number")
  .transform(Number)
  .refine((value) => value >= 1 && value <= 65_535, "must be between 1 and 65535");

const webAddress = z.string().refine((value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && value.replace(/\/$/, "") === url.origin;
}, "must be an http:// or https:// address without a path");

const count = (of: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number of ${of}`)
    .transform(Number)
    .refine((value) => value >= 1, "must be at least 1");

const folder = z.string().transform((value) => path.resolve(value.replace(/^~(?=$|[\\/])/, homedir())));

const settings = {
  PORT: { schema: port.default(3000), example: "3000" },
  HOST: {
    schema: z
      .string()
      .regex(/^[\w.:-]+$/, "must be an address or a host name")
      .default("127.0.0.1"),
    example: "127.0.0.1",
  },
  PUBLIC_URL: { schema: webAddress.transform((value) => new URL(value).origin).optional(), example: "https://deskhand.example.com" },
  DATABASE_URL: {
    schema: z
      .string()
      .refine((value) => URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol), "must be a postgresql:// address")
      .optional(),
    example: "postgresql://deskhand:password@localhost:5432/deskhand",
    secret: true,
  },
  REDIS_URL: {
    schema: z
      .string()
      .refine((value) => URL.canParse(value) && /^rediss?:$/.test(new URL(value).protocol), "must be a redis:// address")
      .optional(),
    example: "redis://localhost:6379",
    secret: true,
  },
  INSTANCE_URL: { schema: webAddress.transform((value) => new URL(value).origin).optional(), example: "http://10.0.0.12:3000" },
  DESKHAND_HOME: { schema: folder.default(path.join(homedir(), ".deskhand")), example: "~/.deskhand" },
  DESKHAND_DATA_DIR: { schema: folder.prefault(".data"), example: ".data" },
  AUTH_SECRET: {
    schema: z.string().min(32, "must have at least 32 characters").optional(),
    example: "the output of: openssl rand -base64 48",
    secret: true,
  },
  SMTP_URL: {
    schema: z
      .string()
      .refine((value) => URL.canParse(value) && /^smtps?:$/.test(new URL(value).protocol), "must be an smtp:// or smtps:// address")
      .optional(),
    example: "smtp://user:password@mail.example.com:587",
    secret: true,
  },
  MAIL_FROM: {
    schema: z
      .string()
      .regex(/^[^\p{Cc}]*@[^\p{Cc}]*$/u, "must be an e-mail address, with or without a name before it")
      .optional(),
    example: "Deskhand <alerts@example.com>",
  },
  WEBHOOK_ALLOW_PRIVATE: { schema: z.enum(["on", "off"]).default("off"), example: "on" },
  LOG_LEVEL: { schema: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"), example: "info" },
  DESKHAND_BROWSER: { schema: z.string().optional(), example: "/usr/bin/chromium" },
  DESKHAND_LOCAL_RUNNER: { schema: z.enum(["on", "off"]).default("on"), example: "on" },
  DESKHAND_LOCAL_PORT: {
    schema: z
      .string()
      .regex(/^\d{1,5}$/, "must be a whole number")
      .transform(Number)
      .refine((value) => value === 0 || (value >= 1024 && value <= 65_535), "must be 0 or between 1024 and 65535")
      .default(18_789),
    example: "18789",
  },
  GITHUB_CLIENT_ID: { schema: z.string().optional(), example: "Iv1.0123456789abcdef" },
  GITHUB_CLIENT_SECRET: { schema: z.string().optional(), example: "0123456789abcdef0123456789abcdef01234567", secret: true },
  GOOGLE_CLIENT_ID: { schema: z.string().optional(), example: "1234567890-abc.apps.googleusercontent.com" },
  GOOGLE_CLIENT_SECRET: { schema: z.string().optional(), example: "GOCSPX-0123456789abcdef", secret: true },
  TRUSTED_PROXIES: {
    schema: z
      .string()
      .regex(/^[0-9]$/, "must be a whole number from 0 to 9")
      .transform(Number)
      .default(0),
    example: "1",
  },
  RATE_LIMIT_API_PER_HOUR: { schema: count("calls").default(defaultPlan.apiCallsPerHour), example: "1000" },
  RATE_LIMIT_COMMANDS_PER_MINUTE: { schema: count("commands").default(defaultPlan.commandsPerRunnerPerMinute), example: "100" },
  DESKHAND_ARTIFACTS_MAX_MB: { schema: count("megabytes").default(2048), example: "2048" },
  DESKHAND_ARTIFACTS_MAX_DAYS: {
    schema: z
      .string()
      .regex(/^\d{1,5}$/, "must be a whole number")
      .transform(Number)
      .refine((value) => value >= 1 && value <= 36_500, "must be between 1 and 36500")
      .optional(),
    example: "30",
  },
  DESKHAND_CONCURRENCY: {
    schema: z
      .string()
      .regex(/^\d{1,3}$/, "must be a whole number")
      .transform(Number)
      .refine((value) => value >= 1 && value <= 256, "must be between 1 and 256")
      .optional(),
    example: "2",
  },
  DESKHAND_HIBERNATE_AFTER_MINUTES: { schema: count("minutes").default(15), example: "15" },
} satisfies Record<string, { schema: z.ZodType; example: string; secret?: boolean }>;

type SettingName = keyof typeof settings;

/** The settings as they are used: numbers are numbers, folders absolute, defaults filled in. */
export type Settings = { [Name in SettingName]: z.output<(typeof settings)[Name]["schema"]> } & {
  PUBLIC_URL: string;
  INSTANCE_URL: string;
};

/** What the server needs: the start script provides the last two when nobody set them. */
export type Env = Settings & { DATABASE_URL: string; AUTH_SECRET: string };

/** One setting that cannot be used as it is. */
export type EnvProblem = { name: SettingName; wrong: string; example: string };

/** Thrown with every wrong setting at once; its message is meant for the person who starts Deskhand. */
export class EnvError extends Error {
  readonly problems: EnvProblem[];
  constructor(problems: EnvProblem[]) {
    const lines = problems.map(({ name, wrong, example }) => `  ${name} ${wrong}\n    for example: ${name}=${example}`);
    super(`These settings cannot be used (environment or .env):\n${lines.join("\n")}`);
    this.name = "EnvError";
    this.problems = problems;
  }
}

/** Names of all settings. */
export const settingNames = Object.keys(settings) as SettingName[];

/**
 * Reads all settings; an empty value counts as unset.
 * @throws EnvError naming each setting that is wrong. A secret's value is never part of the message.
 */
export function readSettings(source: Record<string, string | undefined>): Settings {
  const problems: EnvProblem[] = [];
  const values: Record<string, unknown> = {};
  for (const name of settingNames) {
    const { schema, example } = settings[name];
    const given = source[name]?.trim() || undefined;
    const result = schema.safeParse(given);
    if (result.success) values[name] = result.data;
    else problems.push({ name, wrong: explain(name, given, result.error), example });
  }
  for (const [first, second] of [
    ["GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET"],
    ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"],
    ["SMTP_URL", "MAIL_FROM"],
  ] as const) {
    if (Boolean(values[first]) === Boolean(values[second])) continue;
    const [missing, present] = values[first] ? [second, first] : [first, second];
    problems.push({
      name: missing,
      wrong: `is missing: ${present} is set, and one does nothing without the other`,
      example: settings[missing].example,
    });
  }
  const everywhere = ["0.0.0.0", "::"].includes(String(values.HOST));
  if (values.REDIS_URL && everywhere && !values.INSTANCE_URL) {
    const wrong = "is missing: with REDIS_URL, other server processes must know where to reach this one";
    problems.push({ name: "INSTANCE_URL", wrong, example: settings.INSTANCE_URL.example });
  }
  if (problems.length > 0) throw new EnvError(problems);
  values.INSTANCE_URL ??= instanceUrl(everywhere ? "127.0.0.1" : String(values.HOST), Number(values.PORT));
  values.PUBLIC_URL ??= `http://localhost:${values.PORT}`;
  return values as Settings;
}

/**
 * The settings of a server process.
 * @throws EnvError as `readSettings`, and when DATABASE_URL or AUTH_SECRET is missing
 */
export function readEnv(source: Record<string, string | undefined>): Env {
  const env = readSettings(source);
  const missing = (["DATABASE_URL", "AUTH_SECRET"] as const).filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new EnvError(missing.map((name) => ({ name, wrong: "is missing (npm start provides it)", example: settings[name].example })));
  }
  return env as Env;
}

function explain(name: SettingName, given: string | undefined, error: z.ZodError): string {
  const issue = error.issues[0];
  const wrong = issue?.code === "invalid_value" ? `must be one of ${issue.values.join(", ")}` : issue?.message;
  return "secret" in settings[name] || given === undefined ? `${wrong}` : `is ${JSON.stringify(given)}, but ${wrong}`;
}

function instanceUrl(host: string, port: number): string {
  return new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}`).origin;
}
