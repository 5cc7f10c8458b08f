import { worldError } from '../errors.js';
import type { HomeTabs } from '../model/home.js';
import type { MakeClient } from './client.js';
import { attempt } from './errors.js';

/** `views.publish` (docs.slack.dev/reference/methods/views.publish): the whole tab is replaced, so that a second try does no harm. */
export function makeHomeTabs(makeClient: MakeClient): HomeTabs {
  const client = makeClient(() => true);
  return {
    async publish(userId, blocks) {
      const view = { type: 'home', blocks };
      const told = await attempt(() => client.apiCall('views.publish', { user_id: userId, view }));
      if (told.ok) return 'shown';
      const { kind, error } = told.failure;
      if (kind === 'permanent' || kind === 'refused' || kind === 'content') return { refused: error };
      throw worldError(`Slack did not take the home tab (${error})`);
    },
  };
}
