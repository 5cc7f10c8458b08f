/** Slack's own host for them, and that of its US government cloud. */
const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Whether a response URL is one that Slack gives out: what is said there leaves the workspace's permissions behind, so that a
 * forged one would be a way out. With a local workspace (`SLACK_API_URL`) it is that workspace's host.
 */
export function isSlackUrl(url: string, slackApiUrl: string | undefined): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, username } = new URL(url);
  if (slackApiUrl) {
    const local = new URL(slackApiUrl).hostname;
    const near = hostname === local || (LOOPBACK.test(hostname) && LOOPBACK.test(local));
    return /^https?:$/.test(protocol) && near && username === '';
  }
  return protocol === 'https:' && SLACK_HOSTS.includes(hostname) && username === '';
}
