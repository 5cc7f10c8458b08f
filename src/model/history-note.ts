/** What an answer rests on beside our own samples: the fine print. Times in Unix ms. */
export type HistoryNote = {
  readonly source: 'Prometheus';
  /** From when on its samples are in the answer; absent: none are. */
  readonly fromMs?: number;
  /** Since when they are our own; absent: none are. */
  readonly ownFromMs?: number;
  /** Why there are none of its samples, where there should be; a sentence. */
  readonly trouble?: string;
  readonly partial?: string;
  /** The service that it says one of the containers is of, which is not this one. */
  readonly otherName?: string;
};
