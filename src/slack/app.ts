import {
  App,
  type AuthorizeResult,
  type BlockAction,
  type MessageShortcut,
  type Receiver,
  type ViewSubmitAction,
} from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import { ATTACH_EVIDENCE, openAttachEvidence, submitAttachEvidence } from './actions/attach-evidence.js';
import { checkService } from './actions/check-service.js';
import { collectHere } from './actions/collect-here.js';
import { acknowledge, reopen, resolve, snooze, split } from './actions/incident.js';
import { incidentHeap } from './actions/incident-heap.js';
import { incidentReport } from './actions/incident-report.js';
import { NOT_A_LEAK, openNotALeak, submitNotALeak } from './actions/not-a-leak.js';
import { evidenceFiles } from './actions/raw-files.js';
import { share } from './actions/share.js';
import { acknowledgeStorm } from './actions/storm.js';
import { answerClick, answerCommand, answerForm, answerMention } from './answers.js';
import type { Ask, FormReply, Modal, Reply, SlackContext } from './ask.js';
import { askOfClick, askOfCommand, askOfForm, askOfMention, askOfShortcut } from './asks.js';
import { commandOf } from './commands/table.js';
import { fileShared, filesOf, filesOfMention } from './dropped-files.js';
import type { Form } from './form.js';
import { isHome, requireHome } from './home.js';
import { homeOpened } from './home-tab.js';
import type { Identity } from './identity.js';
import { afterMention, MAX_CHARACTERS, parse } from './parse.js';
import { isSlackUrl } from './response-urls.js';
import type { SlackLogger } from './slack-logger.js';

const ACTIONS: readonly [RegExp, (value: string, ask: Ask, context: SlackContext) => Promise<Reply | Modal>][] = [
  [/^check_service/, checkService],
  [/^share$/, share],
  [/^collect_here$/, collectHere],
  [/^incident_acknowledge$/, acknowledge],
  [/^incident_snooze$/, snooze],
  [/^incident_not_a_leak$/, openNotALeak],
  [/^incident_resolve$/, resolve],
  [/^incident_reopen$/, reopen],
  [/^incident_report$/, incidentReport],
  [/^incident_heap$/, incidentHeap],
  [/^raw_files$/, evidenceFiles],
  [/^storm_acknowledge$/, acknowledgeStorm],
  [/^storm_split$/, split],
];

/** Forms by their callback id. The field named is where an error stands that is none of a field's own. */
const FORMS: readonly [string, string, (form: Form, ask: Ask, context: SlackContext) => Promise<FormReply>][] = [
  [NOT_A_LEAK, 'ceiling', submitNotALeak],
  [ATTACH_EVIDENCE, 'service', submitAttachEvidence],
];

/** Shortcuts of messages by their callback id (`manifest.yml`), each with the words of its message. */
const SHORTCUTS: readonly [string, (words: string, ask: Ask, context: SlackContext) => Promise<Modal>][] = [
  [ATTACH_EVIDENCE, openAttachEvidence],
];

/** A click's trigger lives three seconds and people wait: nothing is retried, and a pause for one call stops no other. */
export function interactiveOptions(slackApiUrl: string | undefined): WebClientOptions {
  return {
    ...(slackApiUrl ? { slackApiUrl } : {}),
    retryConfig: { retries: 0 },
    timeout: 2_000,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}

export type AppParts = {
  readonly receiver: Receiver;
  readonly botToken: string;
  readonly slackApiUrl: string | undefined;
  readonly identity: () => Identity;
  readonly context: SlackContext;
  readonly logger: SlackLogger;
  readonly nowMs: () => number;
};

/** The table of what people can do and who answers it. Everything else is in the files beside this one. */
export async function makeApp({ receiver, botToken, slackApiUrl, identity, context, logger, nowMs }: AppParts): Promise<App> {
  const app = new App({
    receiver,
    logger,
    authorize: async (): Promise<AuthorizeResult> => ({ botToken, ...identity() }),
    clientOptions: interactiveOptions(slackApiUrl),
    convoStore: false,
    deferInitialization: true,
  });
  const trusted = (url: string) => isSlackUrl(url, slackApiUrl);

  const atHome = (teams: readonly unknown[], user: string) => requireHome(teams, identity().teamId, user, context.log);

  app.command(/^\/leak/, ({ command, ack }) =>
    answerCommand(ack, context, async () => {
      atHome([command.team_id], command.user_id);
      const words = parse(command.text ?? '');
      return commandOf(words).run(words.args, askOfCommand(command, nowMs(), trusted), context);
    }),
  );

  app.event('app_mention', async ({ event, body, client, context: { retryNum } }) => {
    // Two bots that answer each other never stop.
    if (event.bot_id || !event.user) return;
    const ask = askOfMention(event, body.event_id, nowMs());
    const { user_team, source_team, team }: { user_team?: string; source_team?: string; team?: string } = event;
    await answerMention(client, ask, context, Number(retryNum ?? 0) === 0, async () => {
      atHome([user_team, source_team, team, body.team_id], ask.user);
      const [said, fileIds] = [afterMention(event.text, identity().botUserId), filesOf(event)];
      const words = parse(fileIds.length > 0 ? said.slice(0, MAX_CHARACTERS) : said);
      const reading = fileIds.length > 0 ? await filesOfMention(fileIds, words, ask, event.ts, identity(), context) : null;
      if (reading) return reading;
      return commandOf(words).run(words.args, ask, context);
    });
  });

  app.event('file_shared', async ({ event, body }) => {
    const isShared = (body as { is_ext_shared_channel?: boolean }).is_ext_shared_channel === true;
    await fileShared(event, body.event_id, isShared, identity(), context);
  });

  app.event('app_home_opened', async ({ event, body }) => {
    const { user_team, source_team, team }: { user_team?: string; source_team?: string; team?: string } = event as object;
    // Nobody from another workspace is told anything of ours, not even that.
    if (event.tab !== 'home' || !isHome([user_team, source_team, team, body.team_id], identity().teamId)) return;
    await homeOpened(event.user, nowMs(), context);
  });

  for (const [id, handler] of ACTIONS) {
    app.action<BlockAction>({ type: 'block_actions', action_id: id }, async ({ body, ack, respond, client }) => {
      const { ask, value, alone } = askOfClick(body, nowMs(), trusted);
      const open = (view: Modal['view']) => client.apiCall('views.open', { trigger_id: body.trigger_id, view });
      await answerClick({ ack, respond: ask.responseUrl ? respond : null, open, alone }, context, async () => {
        atHome([body.user.team_id, body.team?.id], body.user.id);
        return handler(value, ask, context);
      });
    });
  }

  for (const [id, handler] of SHORTCUTS) {
    app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: id }, async ({ body, ack, respond, client }) => {
      const { ask, words } = askOfShortcut(body, nowMs(), trusted);
      const open = (view: Modal['view']) => client.apiCall('views.open', { trigger_id: body.trigger_id, view });
      await answerClick({ ack, respond: ask.responseUrl ? respond : null, open, alone: false }, context, async () => {
        atHome([body.user.team_id, body.team?.id], body.user.id);
        return handler(words, ask, context);
      });
    });
  }

  for (const [id, field, handler] of FORMS) {
    app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: id }, async ({ body, ack }) => {
      const { ask, form } = askOfForm(body, nowMs());
      await answerForm(ack, field, context, async () => {
        atHome([body.user.team_id, body.team?.id], body.user.id);
        return handler(form, ask, context);
      });
    });
  }

  await app.init();
  return app;
}
