#!/usr/bin/env node
import { Command } from 'commander';
import { ConfigError, type Role, readConfig } from './config.js';
import { FatalError } from './errors.js';
import { makeLogger } from './log.js';
import { type Answerer, answerFile } from './offline/answer.js';
import { assessHistory } from './offline/assess-history.js';
import { EXPORT_HELP, FILE_HELP, FORMAT_HELP } from './offline/help.js';
import { replayHistory } from './offline/replay-history.js';
import { type Running, runUntilSignal } from './run-until-signal.js';
import { startAll } from './start-all.js';
import { VERSION } from './version.js';

/**
 * `leakwatch`: results on standard output, everything else on standard error. Exit 78 (EX_CONFIG): the set-up is wrong; 2: what
 * was to be answered is.
 */
const EXIT_CONFIG = 78;
const EXIT_BAD_INPUT = 2;

type Start = (config: ReturnType<typeof readConfig>, log: ReturnType<typeof makeLogger>) => Promise<Running>;

/** Loaded when they are asked for: who judges a file does not wait for Slack, Redis and Docker. */
const ROLES: Record<Role, () => Promise<Start>> = {
  bot: async () => (await import('./main.js')).startBot,
  worker: async () => (await import('../jobs/main.js')).startWorker,
  agent: async () => (await import('../jobs/main.js')).startAgent,
};

async function runRole(role: Role): Promise<void> {
  const config = readConfig(process.env, [role]);
  const log = makeLogger(role, config.logLevel, config.secrets);
  await runUntilSignal(log, async () => (await ROLES[role]())(config, log));
}

function offline(name: string, description: string, answerer: Answerer): void {
  program
    .command(name)
    .argument('<file>', FILE_HELP)
    .description(description)
    .addHelpText('after', FORMAT_HELP)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_BAD_INPUT))
    .action(async (file: string) => {
      process.exitCode = await answerFile(file, answerer, process);
    });
}

const program = new Command('leakwatch').version(VERSION).description('Finds memory leaks of containers and says so in Slack.');
program
  .command('start')
  .description('bot, worker and agent on this machine')
  .action(() => {
    const roles: Role[] = ['bot', 'worker', 'agent'];
    readConfig(process.env, roles);
    return startAll(process.argv[1] ?? '', roles);
  });
program
  .command('bot')
  .description('takes commands, mentions and clicks')
  .action(() => runRole('bot'));
program
  .command('worker')
  .description('assesses, renders, delivers')
  .action(() => runRole('worker'));
program
  .command('agent')
  .description('samples the Docker Engine beside it')
  .action(() => runRole('agent'));
offline('assess', 'judges memory histories from a file: a verdict for each line', (history) => [assessHistory(history)]);
offline('replay', 'says what the watch would have posted over memory histories from a file', replayHistory);

program
  .command('export')
  .argument('<service>', 'as `/leak check` takes it: its name, or its id where two have one name')
  .option('--since <age>', 'such as 90m, 2h, 14d (what is kept)', '14d')
  .description('prints the history of a service in the form that assess and replay read')
  .addHelpText('after', EXPORT_HELP)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_BAD_INPUT))
  .action(async (service: string, { since }: { since: string }) => {
    const { redisUrl } = readConfig(process.env, []);
    const { exportHistory } = await import('./export-history.js');
    process.exitCode = await exportHistory({ service, since }, redisUrl, process);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof FatalError)) throw error;
  console.error(error instanceof ConfigError ? `Leakwatch cannot start:\n${error.message}` : error.message);
  // Connections that were being made keep the process alive; there is nothing left for them to do.
  process.exit(EXIT_CONFIG);
}
