import type { Columns, OfRow, Whole } from './columns.js';

/** A roll-up stands for five minutes, counted from the epoch. */
const SLOT_MS = 5 * 60_000;
/**
 * Where a part of the samples is rolled up, the rest made even with it: each of its five minutes as one, by the least, and by the
 * last of what has none. Else the floor under single samples would stand above the floor under roll-ups, and look like growth.
 *
 *     roll-ups   · · · · · ·      single   .:'.:.'.:'      even   · · ·
 *
 * The same columns where there are roll-ups only, or none.
 */
export function even(columns: Whole): Columns {
  const { t, anon, used, kernel, shmem, file, inactive, cpu, net, rollUps } = columns;
  if (rollUps === 0 || rollUps === t.length) return columns;
  const places = placesOf(t);
  const rows = lastRows(places);
  const ofRow = (of: OfRow | null): OfRow | null => of && ((row) => of(rows[row] ?? 0));
  return {
    t: last(t, rows),
    anon: least(anon, places, rows),
    used: last(used, rows),
    kernel: least(kernel, places, rows),
    shmem: least(shmem, places, rows),
    file: last(file, rows),
    inactive: ofRow(inactive),
    cpu: ofRow(cpu),
    net: ofRow(net),
  };
}

/** For each row the row that it becomes: those of one slot become one. */
function placesOf(t: Float64Array): Uint32Array {
  const places = new Uint32Array(t.length);
  let [place, before] = [-1, Number.NaN];
  for (let i = 0; i < t.length; i += 1) {
    const slot = Math.floor((t[i] ?? 0) / SLOT_MS);
    if (slot !== before) place += 1;
    before = slot;
    places[i] = place;
  }
  return places;
}

/** For each that they become, the last row of it. */
function lastRows(places: Uint32Array): Uint32Array {
  const rows = new Uint32Array((places.at(-1) ?? -1) + 1);
  for (let i = 0; i < places.length; i += 1) rows[places[i] ?? 0] = i;
  return rows;
}

function last(values: Float64Array, rows: Uint32Array): Float64Array {
  return values.length === 0 ? values : Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
}

/** The last where the least is not known of both. */
function least(values: Float64Array, places: Uint32Array, rows: Uint32Array): Float64Array {
  if (values.length === 0) return values;
  const to = new Float64Array(rows.length);
  for (let i = 0; i < values.length; i += 1) {
    const [place, value] = [places[i] ?? 0, values[i] ?? 0];
    const lower = i > 0 && places[i - 1] === place && (to[place] ?? 0) < value;
    if (!lower) to[place] = value;
  }
  return to;
}
