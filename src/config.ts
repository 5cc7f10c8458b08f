import { z } from 'zod';
import { ALERTS_SECRETS, type AlertsConfig, alertsConfig, metricsSchema, pagersSchema, serverSchema } from './config-alerts.js';
import { EXAMPLES, problem, refused } from './config-examples.js';
import { withFiles } from './config-files.js';
import {
  channel,
  type ExecHost,
  exec,
  execHostOf,
  flag,
  header,
  loginProblems,
  passwordOf,
  redis,
  url,
  wholeNumber,
} from './config-values.js';

/**
 * The only reader of the environment. Every variable may instead be given as `NAME_FILE`, a file that holds the value (how
 * Docker and Kubernetes hand out secrets). All problems are found at once, one line each: name, what is wrong, an example.
 */
export type Role = 'bot' | 'worker' | 'agent';

export type Config = {
  readonly redisUrl: string;
  readonly logLevel: string;
  readonly sampleSeconds: number;
  readonly host: string | undefined;
  readonly dockerHost: string | undefined;
  readonly dockerCertPath: string | undefined;
  readonly dockerTlsVerify: boolean;
  /** Where commands are run in containers; null: nowhere. */
  readonly execHost: ExecHost | null;
  readonly slackBotToken: string;
  readonly slackAppToken: string | undefined;
  readonly slackSigningSecret: string | undefined;
  readonly slackApiUrl: string | undefined;
  readonly port: number;
  readonly bind: string;
  readonly quickchartUrl: string | undefined;
  readonly prometheus: {
    /** Undefined: there is none. */
    readonly url: string | undefined;
    readonly token: string | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly tenant: string | undefined;
  };
  readonly channel: string | undefined;
  readonly dataDir: string | undefined;
  /** `s3://bucket/prefix`: wins over the folder, which our image has set. */
  readonly archiveUrl: string | undefined;
  readonly rulesPath: string;
  readonly operators: readonly string[];
  readonly alerts: AlertsConfig;
  /** Where worker and agent show `/metrics`; undefined: nowhere. The bot does so on `port`. */
  readonly metricsPort: number | undefined;
  /** Every value that must never be seen in a log or message. */
  readonly secrets: readonly string[];
};

export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Every variable that is read, by name. */
export const VARIABLES: readonly string[] = Object.keys(EXAMPLES);

/** What every role reads. */
const common = z.object({
  REDIS_URL: redis.default('redis://127.0.0.1:6379/0'),
  LEAKWATCH_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'], { error: 'is not a log level' })
    .default('info'),
  LEAKWATCH_SAMPLE_SECONDS: wholeNumber(1, 3600).default(15),
  LEAKWATCH_HOST: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'has more than letters, digits, dots and dashes')
    .optional(),
  LEAKWATCH_DATA_DIR: z.string().optional(),
  LEAKWATCH_ARCHIVE_URL: url(['s3:']).optional(),
  LEAKWATCH_RULES: z.string().default('leakwatch.yml'),
  PROMETHEUS_URL: url(['http:', 'https:'])
    .refine((value) => !URL.canParse(value) || new URL(value).username === '', 'has a name in it: PROMETHEUS_USER is for that')
    .optional(),
  ...{ PROMETHEUS_TOKEN: header.optional(), PROMETHEUS_TENANT: header.optional() },
  ...{ PROMETHEUS_USER: z.string().optional(), PROMETHEUS_PASSWORD: z.string().optional() },
  LEAKWATCH_BIND: z.string().default('0.0.0.0'),
  ...metricsSchema.shape,
});
const slack = z.object({
  SLACK_BOT_TOKEN: z.string({ error: 'is not set' }).regex(/^xox[be][\w.-]+$/, 'is not a bot token'),
  SLACK_API_URL: url(['http:', 'https:']).optional(),
});
const bot = z.object({
  SLACK_APP_TOKEN: z
    .string()
    .regex(/^xapp-[\w-]+$/, 'is not an app-level token')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'is shorter than a signing secret').optional(),
  PORT: wholeNumber(0, 65535).default(3000),
  LEAKWATCH_OPERATORS: z
    .string()
    .regex(/^[USW]\w+(,\s*[USW]\w+)*$/, 'is not a list of user or usergroup ids')
    .optional(),
});
const worker = z.object({
  QUICKCHART_URL: url(['http:', 'https:']).optional(),
  LEAKWATCH_CHANNEL: channel.optional(),
});
const agent = z.object({
  DOCKER_HOST: url(['unix:', 'tcp:', 'http:', 'https:']).optional(),
  DOCKER_CERT_PATH: z.string().optional(),
  DOCKER_TLS_VERIFY: flag.optional(),
  /** Off; on, at the address of the engine itself; or at one of its own, where a second filter is. */
  LEAKWATCH_EXEC: exec.optional(),
});
const ROLE_SCHEMAS = { bot: [slack, bot, serverSchema], worker: [slack, worker, pagersSchema], agent: [agent] } as const;
const SECRET_NAMES = [
  ...['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'],
  ...['PROMETHEUS_TOKEN', 'PROMETHEUS_PASSWORD', ...ALERTS_SECRETS],
];

/** Reads what the roles need out of `env`. Throws `ConfigError` with one line per problem. An empty value counts as unset. */
export function readConfig(env: NodeJS.ProcessEnv, roles: readonly Role[]): Config {
  const problems: string[] = [];
  const values = withFiles(env, problems);
  // A value that could not be taken is one problem, not also a missing one.
  const untaken = new Set(problems.map((line) => line.split(' ')[0]?.replace(/_FILE$/, '')));
  const parsed: Record<string, unknown> = {};
  for (const schema of new Set([common, ...roles.flatMap((role) => [...ROLE_SCHEMAS[role]])])) {
    const result = schema.safeParse(values);
    if (result.success) Object.assign(parsed, result.data);
    else {
      const issues = result.error.issues.filter(({ path }) => !untaken.has(String(path[0])));
      problems.push(...issues.map(({ path, message }) => refused(String(path[0]), message, values)));
    }
  }
  const inbound = ['SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'];
  if (roles.includes('bot') && !inbound.some((name) => values[name] || untaken.has(name))) {
    problems.push(
      problem(
        'SLACK_APP_TOKEN',
        'is not set, and SLACK_SIGNING_SECRET is not either: one of them says how Slack reaches the bot',
      ),
    );
  }
  problems.push(...loginProblems('PROMETHEUS', values, untaken), ...loginProblems('ALERTMANAGER', values, untaken));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed, values);
}

function toConfig(parsed: Record<string, unknown>, values: Record<string, string>): Config {
  const read = parsed as z.infer<typeof common> &
    Partial<z.infer<typeof slack> & z.infer<typeof bot> & z.infer<typeof worker> & z.infer<typeof agent>>;
  return {
    redisUrl: read.REDIS_URL,
    logLevel: read.LEAKWATCH_LOG_LEVEL,
    sampleSeconds: read.LEAKWATCH_SAMPLE_SECONDS,
    host: read.LEAKWATCH_HOST,
    dockerHost: read.DOCKER_HOST,
    dockerCertPath: read.DOCKER_CERT_PATH,
    dockerTlsVerify: read.DOCKER_TLS_VERIFY ?? false,
    execHost: execHostOf(read.LEAKWATCH_EXEC, read.DOCKER_HOST),
    slackBotToken: read.SLACK_BOT_TOKEN ?? '',
    slackAppToken: read.SLACK_APP_TOKEN,
    slackSigningSecret: read.SLACK_SIGNING_SECRET,
    slackApiUrl: read.SLACK_API_URL,
    port: read.PORT ?? 3000,
    bind: read.LEAKWATCH_BIND,
    alerts: alertsConfig(parsed),
    metricsPort: read.METRICS_PORT,
    quickchartUrl: read.QUICKCHART_URL,
    prometheus: {
      url: read.PROMETHEUS_URL,
      token: read.PROMETHEUS_TOKEN,
      user: read.PROMETHEUS_USER,
      password: read.PROMETHEUS_PASSWORD,
      tenant: read.PROMETHEUS_TENANT,
    },
    channel: read.LEAKWATCH_CHANNEL,
    dataDir: read.LEAKWATCH_DATA_DIR,
    archiveUrl: read.LEAKWATCH_ARCHIVE_URL,
    rulesPath: read.LEAKWATCH_RULES,
    operators: read.LEAKWATCH_OPERATORS?.split(/,\s*/) ?? [],
    secrets: [...SECRET_NAMES.flatMap((name) => values[name] ?? []), ...passwordOf(read.REDIS_URL)],
  };
}
