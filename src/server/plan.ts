/** What a project may use. One plan for all until plans are sold; the environment may widen it for an installation. */
export type Plan = {
  /** Calls with API keys that a project may make in an hour. */
  apiCallsPerHour: number;
  /** Commands (runs, deletions) that may be asked of one runner in a minute. */
  commandsPerRunnerPerMinute: number;
};

export const defaultPlan: Plan = { apiCallsPerHour: 1000, commandsPerRunnerPerMinute: 100 };

/** The plan of this installation's projects. */
export function planFrom(env: { RATE_LIMIT_API_PER_HOUR: number; RATE_LIMIT_COMMANDS_PER_MINUTE: number }): Plan {
  return { apiCallsPerHour: env.RATE_LIMIT_API_PER_HOUR, commandsPerRunnerPerMinute: env.RATE_LIMIT_COMMANDS_PER_MINUTE };
}
