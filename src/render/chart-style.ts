/**
 * A picture 800 × 450, drawn at twice that, is looked at 390 wide: a letter of 22 is 11 there. Colours have at least 4.5:1 on
 * white where they carry meaning (shown in words too: colour never stands alone).
 */
export const FONT = { title: 25, subtitle: 20, tick: 21, legend: 20 } as const;

export const COLOUR = {
  anon: '#1257b0',
  file: '#767676',
  shmem: '#9a5200',
  kernel: '#00695f',
  limit: '#c00f24',
  fit: '#111111',
  restart: '#7a2fb5',
  onset: '#00803a',
  fix: '#b0126f',
  text: '#1c1c1c',
  grid: '#e3e3e3',
} as const;

/** Under the curve that the picture is about. */
export const FILL = {
  anon: 'rgba(18, 87, 176, 0.22)',
  shmem: 'rgba(154, 82, 0, 0.22)',
  kernel: 'rgba(0, 105, 95, 0.22)',
} as const;

/** Others are seen as a crowd: pale, but apart from each other. */
export const OTHERS = ['#5b93d6', '#7aa7a0', '#b58ac9', '#a9a05c', '#cf8f6e', '#6fb0c4', '#a3a3a3'] as const;

type Dataset = Record<string, unknown>;

/** A line without points; with few values each is marked, because a line between three points promises too much. */
export function line(label: string, data: readonly (number | null)[], colour: string, more: Dataset = {}): Dataset {
  const few = data.filter((value) => value !== null).length <= 12;
  return {
    label,
    data,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: 3,
    // A mitre would draw a collector's teeth higher than they are.
    borderJoinStyle: 'round',
    pointRadius: few ? 5 : 0,
    fill: false,
    spanGaps: false,
    tension: 0,
    ...more,
  };
}

/** Everything around the curves. `unit` is that of the data. */
export function options(title: readonly string[], subtitle: readonly string[], unit: string): Dataset {
  const ticks = { color: COLOUR.text, font: { size: FONT.tick }, maxRotation: 0 };
  return {
    animation: false,
    responsive: false,
    // Half of a date has room beside the last step.
    layout: { padding: { left: 8, right: 34, top: 6, bottom: 6 } },
    plugins: {
      title: heading(title, FONT.title, 'bold', subtitle.length > 0 ? 2 : 18),
      subtitle: { ...heading(subtitle, FONT.subtitle, 'normal', 18), display: subtitle.length > 0 },
      legend: {
        position: 'bottom',
        // A box without height is a line, dashed where its curve is: those of points are not.
        labels: { color: COLOUR.text, font: { size: FONT.legend }, boxWidth: 34, boxHeight: 0, padding: 14 },
      },
      tooltip: { enabled: false },
    },
    scales: {
      // A bar among the curves would push them half a step inward.
      x: { offset: false, ticks: { ...ticks, autoSkip: false }, grid: { display: false }, border: { color: COLOUR.text } },
      y: {
        beginAtZero: true,
        title: { display: true, text: unit, color: COLOUR.text, font: { size: FONT.tick } },
        ticks: { ...ticks, maxTicksLimit: 6 },
        grid: { color: COLOUR.grid },
        border: { display: false },
      },
    },
  };
}

function heading(text: readonly string[], size: number, weight: string, bottom: number): Dataset {
  return { display: true, text, align: 'start', color: COLOUR.text, font: { size, weight }, padding: { top: 4, bottom } };
}
