import { blank, type Columns, NAMES, type Whole } from './columns.js';

/** A roll-up stands for five minutes, counted from the epoch. */
const SLOT_MS = 5 * 60_000;
/** What a roll-up has the least of. */
const LEAST: ReadonlySet<string> = new Set(['anon', 'kernel', 'shmem']);

/**
 * Where a part of the samples is rolled up, the rest made even with it: each of its five minutes as one, by the least, and by the
 * last of what has none. Else the floor under single samples would stand above the floor under roll-ups, and look like growth.
 *
 *     roll-ups   · · · · · ·      single   .:'.:.'.:'      even   · · ·
 *
 * The same columns where there are roll-ups only, or none.
 */
export function even(columns: Whole): Columns {
  if (columns.rollUps === 0 || columns.rollUps === columns.t.length) return columns;
  const places = placesOf(columns.t);
  const evened = blank((places.at(-1) ?? -1) + 1);
  last(columns.t, places, evened.t);
  for (const name of NAMES) (LEAST.has(name) ? least : last)(columns[name], places, evened[name]);
  return evened;
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

function last(values: Float64Array, places: Uint32Array, to: Float64Array): void {
  for (let i = 0; i < values.length; i += 1) to[places[i] ?? 0] = values[i] ?? 0;
}

/** The last where the least is not known of both. */
function least(values: Float64Array, places: Uint32Array, to: Float64Array): void {
  for (let i = 0; i < values.length; i += 1) {
    const [place, value] = [places[i] ?? 0, values[i] ?? 0];
    const lower = i > 0 && places[i - 1] === place && (to[place] ?? 0) < value;
    if (!lower) to[place] = value;
  }
}
