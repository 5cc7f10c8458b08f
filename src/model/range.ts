/** An estimate with the range that holds the truth 95 times in 100. */
export type Range = { readonly value: number; readonly low: number; readonly high: number };
