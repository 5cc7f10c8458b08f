/**
 * A Chart.js configuration as plain JSON: no functions, no plugins, no time adapter, so that the same object is drawn in the
 * worker and by a QuickChart server (facts: category labels and number arrays are understood by both).
 */
export type ChartConfig = {
  readonly type: 'line';
  readonly data: { readonly labels: readonly string[]; readonly datasets: readonly Record<string, unknown>[] };
  readonly options: Record<string, unknown>;
};

/** A picture of a finding: what to draw, and what a person who cannot see it is told. */
export type Chart = { readonly config: ChartConfig; readonly altText: string; readonly title: string };

/** Port: draws a chart to a PNG (1600 × 900 at most). Throws when the drawer dies, times out, or answers with no PNG. */
export type Drawer = { draw(config: ChartConfig, signal: AbortSignal): Promise<Uint8Array>; close(): Promise<void> };
