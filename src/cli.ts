#!/usr/bin/env node
import { Command } from 'commander';
import { startAgent, startWorker } from '../jobs/main.js';
import { ConfigError, type Role, readConfig } from './config.js';
import { FatalError } from './errors.js';
import { makeLogger } from './log.js';
import { startBot } from './main.js';
import { type Running, runUntilSignal } from './run-until-signal.js';
import { startAll } from './start-all.js';
import { VERSION } from './version.js';

/** `leakwatch`: results on standard output, everything else on standard error. Exit 78 (EX_CONFIG): the set-up is wrong. */
const EXIT_CONFIG = 78;

const ROLES: Record<Role, (config: ReturnType<typeof readConfig>, log: ReturnType<typeof makeLogger>) => Promise<Running>> = {
  bot: startBot,
  worker: startWorker,
  agent: startAgent,
};

async function runRole(role: Role): Promise<void> {
  const config = readConfig(process.env, [role]);
  const log = makeLogger(role, config.logLevel, config.secrets);
  await runUntilSignal(log, () => ROLES[role](config, log));
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

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof FatalError)) throw error;
  console.error(error instanceof ConfigError ? `Leakwatch cannot start:\n${error.message}` : error.message);
  // Connections that were being made keep the process alive; there is nothing left for them to do.
  process.exit(EXIT_CONFIG);
}
