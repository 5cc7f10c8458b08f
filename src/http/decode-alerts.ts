import { createHash } from 'node:crypto';
import { z } from 'zod';
import { personError } from '../errors.js';
import { type Alert, type Label, NAMING_LABELS, OWN_ALERT_LABEL, OWN_RULE_LABEL } from '../model/alert.js';

/** What is kept of one alert; the rest is counted. */
const MAX_LABELS = 40;
const MAX = { labelName: 100, value: 250, name: 150, summary: 500 } as const;

/** As JSON has it: `__proto__` is a label like any other, so objects are taken apart before anything copies them. */
const labels = z.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'is no object',
);
const alertSchema = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.nullish(),
  startsAt: z.string().max(64),
  endsAt: z.string().max(64).nullish(),
  fingerprint: z.string().max(128).nullish(),
});
/** Alertmanager's webhook has `version: "4"` (its notify/webhook/webhook.go); Grafana's says `"1"` and has an `orgId`. */
const webhookSchema = z.object({
  version: z.string().max(16),
  orgId: z.number().optional(),
  groupKey: z.string().max(20_000).nullish(),
  receiver: z.string().max(1_000).nullish(),
  truncatedAlerts: z.number().int().min(0).nullish(),
  alerts: z.array(alertSchema),
});
type Sent = z.infer<typeof alertSchema>;

/** The alerts of a webhook's body, and how many of it were our own. Throws a person's error, in one line, when it is none. */
export function decodeAlerts(body: string): { readonly alerts: readonly Alert[]; readonly own: number } {
  const parsed = webhookSchema.safeParse(parseJson(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw personError(`not a webhook of Alertmanager or Grafana: ${issue?.path.join('.') || 'the body'}: ${issue?.message}`);
  }
  const { version, orgId, groupKey, receiver, truncatedAlerts, alerts } = parsed.data;
  const from = orgId !== undefined || version === '1' ? 'Grafana' : 'Alertmanager';
  if (from === 'Alertmanager' && version !== '4')
    throw personError(`version ${JSON.stringify(version)} of the webhook is not known: "4" is (Alertmanager 0.25 to 0.34)`);
  const group = hash([from, receiver ?? '', groupKey ?? '']);
  const theirs = alerts.filter((alert) => !isOwn(alert));
  return {
    alerts: theirs.map((alert) => alertOf(alert, { from, group, truncatedAlerts: truncatedAlerts ?? 0 })),
    own: alerts.length - theirs.length,
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw personError('the body is not JSON');
  }
}

/** What we said, or what a rule over our own metrics did: it comes from us, and tells us nothing. */
function isOwn(alert: Sent): boolean {
  return Object.hasOwn(alert.labels, OWN_ALERT_LABEL) || Object.hasOwn(alert.labels, OWN_RULE_LABEL);
}

function alertOf(sent: Sent, group: Pick<Alert, 'from' | 'group' | 'truncatedAlerts'>): Alert {
  const all = pairsOf(sent.labels);
  const told = Object.fromEntries(pairsOf(sent.annotations ?? {}).filter(([name]) => SUMMARIES.includes(name)));
  const severity = labelOf(all, 'severity');
  const summary = SUMMARIES.map((name) => told[name]).find((text) => text);
  // Those that may say which service it is are kept before all others.
  const kept = [...all.filter(isNaming), ...all.filter((pair) => !isNaming(pair))].slice(0, MAX_LABELS);
  return {
    id: hash([sent.fingerprint || JSON.stringify(all.toSorted()), sent.startsAt]),
    ...group,
    status: sent.status,
    name: clip(labelOf(all, 'alertname') || 'an alert without a name', MAX.name),
    ...(severity ? { severity: clip(severity, 50) } : {}),
    ...(summary ? { summary: clip(summary, MAX.summary) } : {}),
    labels: kept.map(([name, value]): Label => [clip(name, MAX.labelName), clip(value, MAX.value)]),
    moreLabels: all.length - kept.length,
    startsAtMs: timeOf(sent.startsAt),
    endsAtMs: timeOf(sent.endsAt ?? ''),
  };
}

const SUMMARIES = ['summary', 'description', 'message'];
const NAMING: ReadonlySet<string> = new Set(NAMING_LABELS);

function isNaming([name]: Label): boolean {
  return NAMING.has(name);
}

function pairsOf(object: Record<string, unknown>): Label[] {
  return Object.entries(object).flatMap(([name, value]): Label[] => (typeof value === 'string' ? [[name, value]] : []));
}

function labelOf(pairs: readonly Label[], wanted: string): string | undefined {
  return pairs.find(([name]) => name === wanted)?.[1];
}

/** `0001-01-01T00:00:00Z` is Go's way to say that there is none. */
function timeOf(text: string): number | null {
  const ms = Date.parse(text);
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
