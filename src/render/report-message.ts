import type { Document } from '../model/delivery.js';
import type { Incident } from '../model/incident.js';
import type { SlackMessage } from '../model/message.js';
import { section } from './blocks.js';
import { escapeText, linked } from './text.js';
import { duration } from './times.js';
import { count } from './units.js';

/** Where a report is: the link is what opens the file to those who read it. */
export function reportMessage(incident: Incident, document: Document, permalink: string, nowMs: number): SlackMessage {
  const { service, openedMs, closed, oomKills, moments } = incident;
  const text = `Report of ${escapeText(service.name, 60)}: ${closed ? 'closed' : 'still open'}, ${duration((closed?.atMs ?? nowMs) - openedMs)}`;
  const link = linked(permalink, escapeText(document.filename, 100));
  const lines = [`*${text}*`, `${count(moments.length, 'moment')} · ${count(oomKills, 'OOM kill')}`, link];
  return { text, blocks: [section(lines.join('\n'))] };
}
