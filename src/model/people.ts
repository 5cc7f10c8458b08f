/** Port: what people are called. Implemented in `delivery/`. */
export type People = {
  /** Of Slack user ids. Who cannot be looked up (no such scope, gone) is left out. */
  names(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
};
