import { z } from 'zod';

/** What the environment says of alerts, in and out, of metrics, and of where people look at them and at us: `config.ts` reads it. */

const isAddress = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
/** One address, or several of a cluster. */
const addresses = z
  .string()
  .refine((value) => value.split(',').every((one) => isAddress(one.trim())), 'is not a URL with http:// or https://')
  .refine(
    (value) => !value.split(',').some((one) => isAddress(one.trim()) && new URL(one.trim()).username),
    'has a name in it: ALERTMANAGER_USER is for that',
  );
/** What people open in a browser. */
const publicAddress = z
  .string()
  .refine(isAddress, 'is not a URL with http:// or https://')
  .refine((value) => !isAddress(value) || !/[?#]/.test(value), 'has more than an address and a path')
  .refine((value) => !isAddress(value) || new URL(value).username === '', 'has a name in it: everybody would see it');
/** Header values: no line ends, nothing that HTTP does not carry. */
const word = z.string().regex(/^[\x21-\x7e]+$/, 'has spaces or characters that HTTP does not carry');

export const metricsSchema = z.object({
  METRICS_PORT: z.coerce
    .number({ error: 'is not a number' })
    .int('is not a whole number')
    .min(0, 'is below 0')
    .max(65_534, 'is above 65534')
    .optional(),
});
/** The bot's own server: who may send it alerts, and how browsers reach it (for links to raw heaps). */
export const serverSchema = z.object({
  LEAKWATCH_PUBLIC_URL: publicAddress.optional(),
  LEAKWATCH_WEBHOOK_SECRET: word.min(16, 'is shorter than 16 characters: anybody could guess it').optional(),
});
/** Where a worker sends people: to be woken, and to look. */
export const pagersSchema = z
  .object({
    GRAFANA_URL: publicAddress.optional(),
    GRAFANA_TOKEN: word.optional(),
    ALERTMANAGER_URL: addresses.optional(),
    ALERTMANAGER_TOKEN: word.optional(),
    ALERTMANAGER_USER: z.string().optional(),
    ALERTMANAGER_PASSWORD: z.string().optional(),
    PAGERDUTY_ROUTING_KEY: z
      .string()
      .regex(/^[A-Za-z0-9]{32}$/, 'is not an integration key of 32 letters and digits')
      .optional(),
    PAGERDUTY_URL: z.string().refine(isAddress, 'is not a URL with http:// or https://').default('https://events.pagerduty.com'),
  })
  .refine(({ GRAFANA_TOKEN, GRAFANA_URL }) => !GRAFANA_TOKEN || GRAFANA_URL, {
    error: 'is set, and GRAFANA_URL is not',
    path: ['GRAFANA_TOKEN'],
  });
export const ALERTS_SECRETS = [
  'LEAKWATCH_WEBHOOK_SECRET',
  'GRAFANA_TOKEN',
  'ALERTMANAGER_TOKEN',
  'ALERTMANAGER_PASSWORD',
  'PAGERDUTY_ROUTING_KEY',
];

type Read = Partial<z.infer<typeof metricsSchema> & z.infer<typeof serverSchema> & z.infer<typeof pagersSchema>>;

export type AlertsConfig = {
  /** Undefined: no alerts are taken in. */
  readonly webhookSecret: string | undefined;
  /** Undefined: pages do not go there. */
  readonly alertmanager: { readonly urls: readonly string[]; readonly authorization: string | undefined } | undefined;
  readonly pagerDuty: { readonly url: string; readonly routingKey: string } | undefined;
  /** What comes before `/d/`; undefined: messages link to no dashboard. */
  readonly grafanaUrl: string | undefined;
  /** Undefined: incidents are not marked there. */
  readonly grafana: { readonly url: string; readonly token: string } | undefined;
  /** What comes before `/heaps/`; undefined: no links to files of a folder. */
  readonly publicUrl: string | undefined;
};

export function alertsConfig(read: Read): AlertsConfig {
  const { ALERTMANAGER_URL: urls, PAGERDUTY_ROUTING_KEY: routingKey, GRAFANA_URL: grafanaUrl, GRAFANA_TOKEN: token } = read;
  return {
    webhookSecret: read.LEAKWATCH_WEBHOOK_SECRET,
    alertmanager: urls ? { urls: urls.split(',').map((url) => url.trim()), authorization: authorizationOf(read) } : undefined,
    grafanaUrl,
    grafana: grafanaUrl && token ? { url: grafanaUrl, token } : undefined,
    publicUrl: read.LEAKWATCH_PUBLIC_URL,
    pagerDuty: routingKey ? { url: read.PAGERDUTY_URL ?? '', routingKey } : undefined,
  };
}

function authorizationOf({
  ALERTMANAGER_TOKEN: token,
  ALERTMANAGER_USER: user,
  ALERTMANAGER_PASSWORD: password,
}: Read): string | undefined {
  if (token) return `Bearer ${token}`;
  return user ? `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` : undefined;
}
