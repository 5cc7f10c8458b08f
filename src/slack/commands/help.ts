import { helpMessage } from '../../render/help.js';
import type { Command } from '../ask.js';

/** Made of the help lines of all commands, so that it cannot fall behind them. */
export function helpOf(commands: readonly Command[]): Command {
  const help: Command = {
    name: 'help',
    usage: 'help',
    summary: 'this',
    async run() {
      return { to: 'place', message: helpMessage(commands) };
    },
  };
  return help;
}
