import { damaged } from './wire.js';

/**
 * From the ids of a profile to places in a table. Go numbers them from 1; others use addresses or hashes, up to 2^64. Throws on
 * what pprof refuses too: the id 0, an id twice, an id that nothing has.
 */
export class Ids {
  /** Place + 1; 0: none. */
  private readonly dense: Uint32Array;
  private readonly sparse = new Map<number | bigint, number>();
  private readonly what: string;

  constructor(what: string, count: number) {
    this.what = what;
    this.dense = new Uint32Array(4 * count + 1_024);
  }

  add(id: number | bigint, place: number, at: number): void {
    if (id === 0) throw damaged(`a ${this.what} has the id 0`, at);
    const isDense = typeof id === 'number' && id < this.dense.length;
    if (isDense ? this.dense[id] : this.sparse.has(id)) throw damaged(`two ${this.what}s have the id ${id}`, at);
    if (isDense) this.dense[id] = place + 1;
    else this.sparse.set(id, place);
  }

  place(id: number | bigint, at: number): number {
    const place = typeof id === 'number' && id < this.dense.length ? (this.dense[id] ?? 0) - 1 : (this.sparse.get(id) ?? -1);
    if (place < 0) throw damaged(`there is no ${this.what} ${id}`, at);
    return place;
  }
}
