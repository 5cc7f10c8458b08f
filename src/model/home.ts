/** Port: the app's home tab, one for each person. Implemented in `delivery/`. */
export type HomeTabs = {
  /**
   * Shows these blocks to a person from now on; safe to repeat. `refused`: Slack will not show them (it has no such person, or the
   * tab is off), in Slack's word. Throws a world's error when it is worth another try.
   */
  publish(userId: string, blocks: readonly Record<string, unknown>[]): Promise<'shown' | { readonly refused: string }>;
};
