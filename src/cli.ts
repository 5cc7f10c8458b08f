#!/usr/bin/env node
import { Command, Option } from 'commander';
import { eachOf, howMany, whichOne } from './cli-arguments.js';
import type { Role, readConfig } from './config.js';
import { FatalError } from './errors.js';
import type { makeLogger } from './log.js';
import type { Answerer } from './offline/answer.js';
import type { HeapQuestion } from './offline/heap-question.js';
import { EXPORT_HELP, FILE_HELP, FORMAT_HELP, HEAP_HELP, MASSIF_HELP, REPLAY_HELP } from './offline/help.js';
import type { MassifQuestion } from './offline/massif.js';
import type { Running } from './run-until-signal.js';
import { VERSION } from './version.js';

/**
 * `leakwatch`: results on standard output, everything else on standard error. Exit 78 (EX_CONFIG): the set-up is wrong; 2: what
 * was to be answered is.
 */
const EXIT_CONFIG = 78;
const EXIT_BAD_INPUT = 2;

type Start = (config: ReturnType<typeof readConfig>, log: ReturnType<typeof makeLogger>) => Promise<Running>;

/** Loaded when they are asked for, as all is: who reads a file does not wait for Slack, Redis and Docker (0.3 s). */
const ROLES: Record<Role, () => Promise<Start>> = {
  bot: async () => (await import('./main.js')).startBot,
  worker: async () => (await import('../jobs/main.js')).startWorker,
  agent: async () => (await import('../jobs/main.js')).startAgent,
};

async function runRole(role: Role): Promise<void> {
  const [{ readConfig }, { makeLogger }, { runUntilSignal }] = await Promise.all([
    import('./config.js'),
    import('./log.js'),
    import('./run-until-signal.js'),
  ]);
  const config = readConfig(process.env, [role]);
  const log = makeLogger(role, config.logLevel, config.secrets);
  await runUntilSignal(log, async () => (await ROLES[role]())(config, log));
}

function offline(name: string, file: string, description: string, help: string): Command {
  return program.command(name).argument('<file>', file).description(description).addHelpText('after', help);
}

function ofHistories(name: string, description: string, answerer: () => Promise<Answerer>): void {
  offline(name, FILE_HELP, description, FORMAT_HELP).action(async (file: string) => {
    const { answerFile } = await import('./offline/answer.js');
    process.exitCode = await answerFile(file, await answerer(), process);
  });
}

function refuse(sentence: string): never {
  console.error(`leakwatch: ${sentence}`);
  process.exit(EXIT_BAD_INPUT);
}

type FromPrometheus = { readonly since: string; readonly prometheus?: string };
type ReplayOptions = Partial<FromPrometheus> & {
  readonly service?: string[];
  readonly json?: boolean;
  readonly compare?: string;
};

/** What PROMETHEUS_TOKEN and the like say of it is used too. */
async function addressOf(url: string) {
  if (!/^https?:/.test(url) || !URL.canParse(url))
    refuse(`--prometheus: "${url.slice(0, 60)}" is no URL with http:// or https://.`);
  if (new URL(url).username)
    refuse('--prometheus: has a name in it; PROMETHEUS_USER and PROMETHEUS_PASSWORD in the environment are for that.');
  const { readConfig } = await import('./config.js');
  const { prometheus } = readConfig({ ...process.env, PROMETHEUS_URL: url, PROMETHEUS_URL_FILE: '' }, []);
  return { ...prometheus, url };
}

const program = new Command('leakwatch')
  .version(VERSION)
  .description('Finds memory leaks of containers and says so in Slack.')
  // Each command below has it from here.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_BAD_INPUT));
program
  .command('start')
  .description('bot, worker and agent on this machine')
  .action(async () => {
    const roles: Role[] = ['bot', 'worker', 'agent'];
    const { metricsPort } = (await import('./config.js')).readConfig(process.env, roles);
    // Two of them on one machine: the worker has the port that is named, the agent the next one.
    const own = (role: string) => (role === 'agent' && metricsPort ? { METRICS_PORT: String(metricsPort + 1) } : {});
    return (await import('./start-all.js')).startAll(process.argv[1] ?? '', roles, (role) => ({ ...process.env, ...own(role) }));
  });
const one = (role: Role, description: string) =>
  program
    .command(role)
    .description(description)
    .action(() => runRole(role));
one('bot', 'takes commands, mentions and clicks');
one('worker', 'assesses, renders, delivers');
one('agent', 'samples the Docker Engine beside it');
ofHistories('assess', 'judges memory histories from a file: a verdict for each line', async () => {
  const { assessHistory } = await import('./offline/assess-history.js');
  return (history) => [assessHistory(history)];
});
program
  .command('replay')
  .argument('[file]', FILE_HELP)
  .option('--prometheus <url>', 'instead of a file: real history, from your Prometheus (what comes before /api/v1)')
  .option('--since <age>', 'with --prometheus: such as 2h, 14d, 30d (14d; with --compare, what that was asked of)')
  .option('--service <name>', 'with --prometheus: this one alone, as `/leak check` takes it; may be said several times', eachOf)
  .option('--json', 'with --prometheus or --compare: JSON instead of text')
  .option('--compare <file>', 'what another version printed of the same: what this one says otherwise')
  .description('says what the watch would have posted over memory histories')
  .addHelpText('after', REPLAY_HELP)
  .action(async (file: string | undefined, options: ReplayOptions) => {
    const { prometheus, since = null, service: services = [], json, compare } = options;
    if ((file === undefined) === (prometheus === undefined))
      refuse('replay: a file, or --prometheus and its URL. More: leakwatch replay --help');
    const narrowed = since !== null ? '--since' : services.length > 0 ? '--service' : null;
    if (narrowed && prometheus === undefined)
      refuse(
        `replay: ${narrowed} is of a --prometheus; a file is replayed whole. leakwatch export SERVICE --since AGE writes less.`,
      );
    if (file === '-' && compare === '-') refuse('replay: standard input is either the histories or what they are compared with.');
    const { replayAsked } = await import('./replay.js');
    const address = prometheus === undefined ? undefined : await addressOf(prometheus);
    process.exitCode = await replayAsked({ file, address, since, services, json, compare }, process);
  });
offline(
  'heap',
  'a heap profile; may be gzipped; - is standard input',
  'says what a heap holds, or what grew in it: Go, JVM, Node.js, …',
  HEAP_HELP,
)
  .argument('[later...]', 'heaps that were taken after it: how fast each function grows over all of them')
  .option('--base <file>', 'an earlier one: what grew since is answered')
  .option('--sample <name>', 'what is counted: inuse_space, inuse_objects, … (what go tool pprof takes)')
  .addOption(new Option('--by <figure>', 'ranked by').choices(['flat', 'cum']).default('flat'))
  .option('--top <n>', 'so many functions (20; with --json all)', howMany)
  .option('--json', 'JSON instead of a table')
  .option('--speedscope <file>', 'writes the stacks that grew to this file, too, for speedscope.app')
  .action(async (path: string, later: readonly string[], options: Omit<HeapQuestion, 'path' | 'later'>) => {
    const [{ answerHeap }, { nameOfFile, readAnyHeaps }, { LIMITS }] = await Promise.all([
      import('./offline/heap.js'),
      import('./sources/read-any-heap.js'),
      import('./sources/pprof/limits.js'),
    ]);
    const reader = { read: readAnyHeaps, nameOf: nameOfFile };
    process.exitCode = await answerHeap({ path, later, ...options }, reader, LIMITS.bytes, process);
  });
offline('massif', 'what Massif wrote; may be gzipped; - is standard input', 'says what grew in a C or C++ program', MASSIF_HELP)
  .usage('[options] <file>\n       leakwatch massif [options] -- <command> [arguments…]')
  .allowExcessArguments()
  .option('--from <n>', 'growth since this snapshot (the first that has a tree)', whichOne)
  .option('--to <n>', 'up to this one (the last that has a tree)', whichOne)
  .option('--top <n>', 'so many places (20; with --json all)', howMany)
  .option('--json', 'JSON instead of text')
  .action(async (file: string, options: Omit<MassifQuestion, 'path'>, { args }: Command) => {
    const [{ answerMassif, pathOf }, { readMassif }, { runUnderMassif }] = await Promise.all([
      import('./offline/massif.js'),
      import('./sources/massif/read-massif.js'),
      import('./sources/massif/client.js'),
    ]);
    const run = process.argv.includes('--') ? () => runUnderMassif(args, process) : null;
    const path = await pathOf(file, args.length, run, process);
    process.exitCode = path === null ? EXIT_BAD_INPUT : await answerMassif({ path, ...options }, readMassif, process);
  });

program
  .command('export')
  .argument('[service]', 'as `/leak check` takes it: its name, or its id where two have one name')
  .option('--prometheus <url>', 'from your Prometheus instead of Redis; without a service, all that it knows')
  .option('--since <age>', 'such as 90m, 2h, 14d (what is kept); with --prometheus, what that keeps', '14d')
  .description('prints the history of a service in the form that assess and replay read')
  .addHelpText('after', EXPORT_HELP)
  .action(async (service: string | undefined, { since, prometheus }: FromPrometheus) => {
    if (prometheus !== undefined) {
      const { exportPrometheus } = await import('./from-prometheus.js');
      process.exitCode = await exportPrometheus(
        { services: service === undefined ? [] : [service], since },
        await addressOf(prometheus),
        process,
      );
      return;
    }
    if (service === undefined) refuse('export: which service? More: leakwatch export --help');
    const [{ readConfig }, { exportHistory }] = await Promise.all([import('./config.js'), import('./export-history.js')]);
    const { redisUrl } = readConfig(process.env, []);
    process.exitCode = await exportHistory({ service, since }, redisUrl, process);
  });

program.showHelpAfterError('More: leakwatch --help');
for (const command of program.commands) command.showHelpAfterError(`More: leakwatch ${command.name()} --help`);

try {
  await program.parseAsync();
} catch (error) {
  const { ConfigError } = await import('./config.js');
  if (!(error instanceof ConfigError || error instanceof FatalError)) throw error;
  console.error(error instanceof ConfigError ? `Leakwatch cannot start:\n${error.message}` : error.message);
  // Connections that were being made keep the process alive; there is nothing left for them to do.
  process.exit(EXIT_CONFIG);
}
