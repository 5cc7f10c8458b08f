import { statusMessage } from '../../render/status.js';
import type { Command } from '../ask.js';

export const status: Command = {
  name: 'status',
  usage: 'status',
  summary: 'hosts, gaps, versions',
  async run(_args, ask, context) {
    return { to: 'place', message: statusMessage(await context.status(), ask.atMs) };
  },
};
