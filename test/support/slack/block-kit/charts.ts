import { LIMITS } from './limits.js';
import { at, both, byType, complain, isObject, list, num, object, type Rule, str, typed } from './rules.js';

const { chart } = LIMITS;
const label = str(chart.label);
const point = object({ label, value: num });
const axis = object(
  {},
  {
    categories: list(label, chart.points),
    x_label: str(chart.axisLabel),
    y_label: str(chart.axisLabel),
  },
);
const lines = typed(
  { series: list(object({ name: str(chart.seriesName), data: list(point, chart.points) }), chart.series) },
  { axis_config: axis },
);

type Series = { readonly name?: unknown; readonly data?: readonly { readonly label?: unknown }[] };

/** Names once; every series one point for each category, no more and no others. */
const consistent: Rule = (value, place) => {
  if (!isObject(value) || !Array.isArray(value.series)) return;
  const series = value.series as readonly Series[];
  const axisConfig = value.axis_config as { readonly categories?: unknown } | undefined;
  const categories = Array.isArray(axisConfig?.categories) ? axisConfig.categories : series[0]?.data?.map((one) => one.label);
  series.forEach(({ name, data }, index) => {
    const here = at(at(place, 'series'), index);
    if (series.findIndex((one) => one.name === name) !== index) complain(at(here, 'name'), 'series names must be unique');
    const labels = Array.isArray(data) ? data.map((one) => one.label) : [];
    if (JSON.stringify([...labels].sort()) !== JSON.stringify([...(categories ?? [])].sort()))
      complain(at(here, 'data'), 'must have exactly one data point for each category');
  });
};

const positive: Rule = both(num, (value, place) => {
  if (typeof value === 'number' && value <= 0) complain(place, 'must be greater than 0');
});
const plotted = both(lines, consistent);

/** The native chart: 1 to 6 series of at most 20 points (docs.slack.dev/reference/block-kit/blocks/data-visualization-block). */
export const dataVisualization: Rule = typed(
  {
    title: str(chart.title),
    chart: byType({
      ...{ line: plotted, bar: plotted, area: plotted },
      pie: typed({ segments: list(object({ label, value: positive }), chart.segments) }),
    }),
  },
  { block_id: str(LIMITS.id) },
);
