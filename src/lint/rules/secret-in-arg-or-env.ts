import { rule } from '../types.ts';
import { passes, reportAt } from './parts/hadolint.ts';

const PARTS = /api_key|client_key|password|private|secret|token|username/i;
/** Names that hold none of these parts, but something secret in a service that many use. */
const NAMES = new Set(
  (
    'APPLICATION_KEY AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY CI_DEPLOY_USER DOCKER_EMAIL FACEBOOK_APP_ID HEROKU_API_USER OKTA_AUTHN_GROUPID ' +
    'OKTA_CLIENT_ORGURL OKTA_OAUTH2_CLIENTID STRIPE_DEVICE_NAME TRAVIS_OS_NAME TRAVIS_SECURE_ENV_VARS TRAVIS_SUDO'
  ).split(' '),
);

export const secretInArgOrEnv = rule({
  id: 'secret-in-arg-or-env',
  aliases: ['DL3064'],
  presets: ['hadolint'],
  severity: 'warning',
  fixes: 'none',
  summary: 'No ARG or ENV is named like a secret.',
  why: 'Values of ENV are in the image, those of ARG in its history.',
  source: 'hadolint, "DL3064"',
  examples: [{ text: 'FROM alpine:3.20\nARG «NPM_TOKEN»\n' }, { text: 'FROM alpine:3.20\nENV LEVEL=info\n' }],
  *detect({ reading }) {
    for (const { content, at } of passes(reading).flat()) {
      const names = content.name === 'ARG' ? [content.variable] : content.name === 'ENV' ? content.pairs.map(({ name }) => name) : [];
      const secret = names.find((name) => PARTS.test(name) || NAMES.has(name.toUpperCase()));
      if (secret !== undefined) yield reportAt(at, `\`${secret}\` is named like a secret, and its value stays in the image or its history`);
    }
  },
});
