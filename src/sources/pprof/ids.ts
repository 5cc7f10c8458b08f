import { damaged, type Wire } from './wire.js';

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

  /**
   * The places of the ids that follow in `wire` up to `last`, into a column from `count` on; gives where they end. What does not
   * fit into the column is left unread. Nearly all of a profile are such ids, and nearly all have one or two bytes: they are read
   * here, in one loop, because a process that lives for a fifth of a second runs most of its code cold.
   */
  places(wire: Wire, last: number, into: Uint32Array, count: number): number {
    const { bytes } = wire;
    const { dense } = this;
    let at = wire.at;
    let next = count;
    while (at < last && next < into.length) {
      const byte = bytes[at] ?? 0;
      const second = byte < 0x80 ? 0 : (bytes[at + 1] ?? 0);
      let id: number | bigint = (byte & 0x7f) | (second << 7);
      const length = byte < 0x80 ? 1 : 2;
      if (second < 0x80 && at + length <= last) at += length;
      else {
        wire.at = at;
        id = wire.exactly(wire.varint());
        at = wire.at;
      }
      const place = typeof id === 'number' && id < dense.length ? (dense[id] ?? 0) - 1 : -1;
      into[next] = place < 0 ? this.place(id, at) : place;
      next += 1;
    }
    wire.at = at;
    return next;
  }
}
