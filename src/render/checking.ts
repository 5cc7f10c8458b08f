import type { SlackMessage } from '../model/message.js';
import { plainMessage } from './plain-message.js';
import { escapeText } from './text.js';
import { count } from './units.js';

/** "Checking api-svc: 12 replicas on 5 hosts…" */
export function checking(service: string, replicas: number, hosts: number): SlackMessage {
  return plainMessage(`Checking ${escapeText(service)}: ${count(replicas, 'replica')} on ${count(hosts, 'host')}…`);
}
