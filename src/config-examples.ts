/** Every variable that is read, by name, with what a person would write: the end of each line about what is wrong. */
export const EXAMPLES: Readonly<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'SLACK_BOT_TOKEN=xoxb-… (api.slack.com/apps → OAuth & Permissions)',
  SLACK_APP_TOKEN: 'SLACK_APP_TOKEN=xapp-… (Socket Mode: Basic Information → App-Level Tokens, connections:write)',
  SLACK_SIGNING_SECRET: 'SLACK_SIGNING_SECRET=8f742231b10e… (HTTP mode: Basic Information → Signing Secret)',
  SLACK_API_URL: 'SLACK_API_URL=http://127.0.0.1:4100/api/ (a local workspace; unset for Slack itself)',
  REDIS_URL: 'REDIS_URL=redis://127.0.0.1:6379/0',
  DOCKER_HOST: 'DOCKER_HOST=unix:///var/run/docker.sock or tcp://filter:2375',
  DOCKER_CERT_PATH: 'DOCKER_CERT_PATH=/certs (ca.pem, cert.pem, key.pem)',
  DOCKER_TLS_VERIFY: 'DOCKER_TLS_VERIFY=1',
  LEAKWATCH_HOST: 'LEAKWATCH_HOST=hv-03',
  LEAKWATCH_SAMPLE_SECONDS: 'LEAKWATCH_SAMPLE_SECONDS=15',
  LEAKWATCH_BIND: 'LEAKWATCH_BIND=127.0.0.1',
  LEAKWATCH_CHANNEL: 'LEAKWATCH_CHANNEL=C0123456789 or #ops',
  LEAKWATCH_DATA_DIR: 'LEAKWATCH_DATA_DIR=/var/lib/leakwatch',
  LEAKWATCH_EXEC: 'LEAKWATCH_EXEC=on (or the address of a second filter: tcp://exec-filter:2375)',
  LEAKWATCH_ARCHIVE_URL: 'LEAKWATCH_ARCHIVE_URL=s3://bucket/leakwatch (MinIO: s3://bucket/leakwatch?endpoint=http://minio:9000)',
  LEAKWATCH_OPERATORS: 'LEAKWATCH_OPERATORS=U0123456789,S0123456789',
  LEAKWATCH_PUBLIC_URL:
    'LEAKWATCH_PUBLIC_URL=https://leakwatch.example.org (how browsers reach the bot; what comes before /heaps/)',
  LEAKWATCH_RULES: 'LEAKWATCH_RULES=/etc/leakwatch/leakwatch.yml',
  LEAKWATCH_LOG_LEVEL: 'LEAKWATCH_LOG_LEVEL=info',
  PORT: 'PORT=3000',
  PROMETHEUS_URL: 'PROMETHEUS_URL=http://prometheus:9090 (what comes before /api/v1)',
  PROMETHEUS_TOKEN: 'PROMETHEUS_TOKEN_FILE=/run/secrets/prometheus-token',
  PROMETHEUS_USER: 'PROMETHEUS_USER=leakwatch',
  PROMETHEUS_PASSWORD: 'PROMETHEUS_PASSWORD_FILE=/run/secrets/prometheus-password',
  PROMETHEUS_TENANT: 'PROMETHEUS_TENANT=ops (Mimir, Cortex, Thanos)',
  GRAFANA_URL: 'GRAFANA_URL=https://grafana.example.org (what comes before /d/; as a browser opens it)',
  GRAFANA_TOKEN: 'GRAFANA_TOKEN_FILE=/run/secrets/grafana-token (a service account that may write annotations)',
  METRICS_PORT: 'METRICS_PORT=9464 (worker and agent; unset: they show no metrics)',
  LEAKWATCH_WEBHOOK_SECRET: 'LEAKWATCH_WEBHOOK_SECRET=… (16 characters or more: openssl rand -hex 24)',
  ALERTMANAGER_URL: 'ALERTMANAGER_URL=http://alertmanager:9093 (of a cluster: all, with commas)',
  ALERTMANAGER_TOKEN: 'ALERTMANAGER_TOKEN_FILE=/run/secrets/alertmanager-token',
  ALERTMANAGER_USER: 'ALERTMANAGER_USER=leakwatch',
  ALERTMANAGER_PASSWORD: 'ALERTMANAGER_PASSWORD_FILE=/run/secrets/alertmanager-password',
  PAGERDUTY_ROUTING_KEY: 'PAGERDUTY_ROUTING_KEY=… (service → Integrations → Events API v2 → Integration Key)',
  PAGERDUTY_URL: 'PAGERDUTY_URL=https://events.eu.pagerduty.com (unset: the one outside the EU)',
  QUICKCHART_URL: 'QUICKCHART_URL=http://quickchart:3400 (unset: charts are drawn in the worker)',
};

/** One line about what is wrong with a variable. */
export function problem(name: string, what: string, exampleOf: string = name): string {
  return `${name} ${what}. Example: ${EXAMPLES[exampleOf] ?? name}`;
}

/** The same of a value that is not taken; `docker --env-file` and systemd give what stands behind the sign as it is. */
export function refused(name: string, what: string, values: Readonly<Record<string, string>>): string {
  const quotes = /^(["']).*\1$/s.test(values[name] ?? '') ? ': the quotes around it are part of it' : '';
  return problem(name, `${what}${quotes}`);
}
