/**
 * Slack's limits for Block Kit, in characters and items. Source: docs.slack.dev/reference/block-kit, read 2026-11; where
 * sources differ, the lower number: what passes here passes there.
 */
export const LIMITS = {
  blocks: { message: 50, modal: 100, home: 100 },
  /** Undocumented: `msg_blocks_too_long` was met at 13,297 and 13,172 characters of JSON (slackapi/bolt-js#2509). */
  blocksJson: 13_200,
  id: 255,
  text: 3_000,
  field: 2_000,
  fields: 10,
  header: 150,
  contextElements: 10,
  actionsElements: 25,
  markdown: 12_000,
  url: 3_000,
  altText: 2_000,
  imageTitle: 2_000,
  inputLabel: 2_000,
  button: { text: 75, value: 2_000, label: 75 },
  option: { text: 75, value: 75, description: 75 },
  options: 100,
  optionGroups: 100,
  overflow: 5,
  choices: 10,
  placeholder: 150,
  confirm: { title: 100, text: 300, button: 30 },
  inputLength: 3_000,
  contextActions: 5,
  alert: 200,
  card: { title: 150, subtitle: 150, body: 200, actions: 3 },
  carousel: 10,
  container: { title: 150, blocks: 10 },
  table: { count: 1, rows: 100, cells: 20, characters: 10_000 },
  chart: { count: 2, title: 50, series: 6, seriesName: 20, points: 20, label: 20, axisLabel: 50, segments: 6 },
  view: { title: 24, metadata: 3_000 },
} as const;
