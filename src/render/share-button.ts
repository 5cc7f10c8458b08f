import { type Block, plainText } from './blocks.js';
import { MAX_BUTTON_VALUE } from './limits.js';

/** Only under what one person was told alone: `key` names that answer. */
export function shareButton(key: string | undefined): Block[] {
  if (key === undefined || key.length === 0 || key.length > MAX_BUTTON_VALUE) return [];
  const text = plainText('Share');
  const label = 'Show this answer to the channel';
  return [{ type: 'button', action_id: 'share', text, value: key, accessibility_label: label }];
}
