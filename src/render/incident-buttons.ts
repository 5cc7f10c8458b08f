import type { Incident } from '../model/incident.js';
import { type Block, plainText } from './blocks.js';

/** What can be done with an open incident. Each id is answered in `slack/app.ts`; the value is the incident's id. */
export function actButtons({ id, acknowledged }: Incident): Block {
  const button = (action: string, text: string, more: Block = {}) => ({
    ...{ type: 'button', action_id: action, text: plainText(text), value: id },
    ...more,
  });
  const until = (text: string, value: string) => ({ text: plainText(text), value: `${id} ${value}` });
  return {
    type: 'actions',
    elements: [
      button('incident_heap', 'Take heap'),
      ...(acknowledged ? [] : [button('incident_acknowledge', 'Acknowledge', { style: 'primary' })]),
      {
        type: 'static_select',
        action_id: 'incident_snooze',
        placeholder: plainText('Snooze'),
        options: [until('1 hour', '1h'), until('4 hours', '4h'), until('Until it is faster', 'faster')],
      },
      button('incident_not_a_leak', 'Not a leak'),
      button('incident_resolve', 'Resolve'),
    ],
  };
}

export function closedButtons({ id }: Incident): Block {
  const button = (action: string, text: string) => ({ type: 'button', action_id: action, text: plainText(text), value: id });
  return { type: 'actions', elements: [button('incident_report', 'Report'), button('incident_reopen', 'Reopen')] };
}
