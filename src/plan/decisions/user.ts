import { inferred } from '../../base/index.ts';
import { byDefault, configured, decision, type Answer } from '../decision.ts';

export const user = decision({
  id: 'user',
  question: 'Which user does it run as?',
  choices: {
    '10001:10001': 'above the ids that distributions give out, so it meets no account of the host',
    '1000:1000': 'the first human account on most hosts: shares rights with it on bind mounts',
    '65532:65532': "distroless images' nonroot",
  },
  why: 'A numeric id lets Kubernetes check runAsNonRoot. The application files belong to root, so the service cannot change its own code.',
  key: 'user',
  decide({ config }): Answer {
    const { uid, gid, name } = config.user ?? {};
    if (config.user) {
      const ids = `${uid ?? gid ?? 10001}:${gid ?? uid ?? 10001}`;
      return configured(ids, `${name ?? 'app'} (${ids})`, 'user');
    }
    return byDefault('10001:10001', 'app (10001:10001), not root, no shell', inferred('user/high', 'an id that no host account has'));
  },
});
