import { z } from 'zod';

/** What is said between the worker and its drawing child. The configuration travels as JSON text: nothing else can be in it. */
export type DrawRequest = { readonly id: number; readonly json: string };
export type DrawReply = { readonly id: number } & ({ readonly png: Uint8Array } | { readonly refused: string });

/** A chart of ours is under 100 KB of JSON. */
export const MAX_JSON = 512 * 2 ** 10;
const MAX_POINTS = 2_000;
const MAX_DATASETS = 20;

const data = z.array(z.number().nullable()).max(MAX_POINTS);
const style = z.union([z.string().max(200), z.number(), z.boolean(), z.array(z.number()).max(8)]);
const dataset = z
  .object({ data, label: z.string().max(200).optional(), type: z.enum(['line', 'bar']).optional() })
  .catchall(style);

/** What is drawn: lines and bars over categories. Options are JSON, of which size and density are overruled. */
export const chartConfig = z.strictObject({
  type: z.literal('line'),
  data: z.strictObject({
    labels: z.array(z.string().max(80)).max(MAX_POINTS),
    datasets: z.array(dataset).min(1).max(MAX_DATASETS),
  }),
  options: z.record(z.string(), z.json()),
});

export type ReadConfig = z.infer<typeof chartConfig>;

/** Reads a configuration. Throws with what is wrong where. */
export function readConfig(json: string): ReadConfig {
  if (json.length > MAX_JSON) throw new Error(`the configuration has ${json.length} characters, more than ${MAX_JSON}`);
  const read = chartConfig.safeParse(JSON.parse(json));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`${issue?.path.join('.') || 'configuration'}: ${issue?.message ?? 'not valid'}`);
}
