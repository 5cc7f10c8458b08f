import { randomBytes } from 'node:crypto';
import { SlackRefusal } from './words.js';

export type Triggers = ReturnType<typeof makeTriggers>;

/** Trigger ids: each opens one view, within three seconds (docs.slack.dev/interactivity/handling-user-interaction). */
export function makeTriggers(lifeMs: number, nowMs: () => number) {
  const issued = new Map<string, { readonly user: string; readonly atMs: number; used: boolean; readonly viewId?: string }>();
  return {
    /** `viewId`: the modal it came from, which a pushed view goes on top of. */
    issue(user: string, viewId?: string): string {
      const id = `${issued.size + 1}.${nowMs()}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { user, atMs: nowMs(), used: false, ...(viewId ? { viewId } : {}) });
      return id;
    },
    /** Gives the person behind it. Throws `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`. */
    use(id: string): { readonly user: string; readonly viewId?: string } {
      const trigger = issued.get(id);
      if (!trigger) throw new SlackRefusal('invalid_trigger_id');
      if (trigger.used) throw new SlackRefusal('exchanged_trigger_id');
      if (nowMs() - trigger.atMs > lifeMs) throw new SlackRefusal('expired_trigger_id');
      trigger.used = true;
      return trigger;
    },
  };
}
