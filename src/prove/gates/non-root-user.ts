import { failed, gate, passed, seen } from '../outcome.ts';

/** (uid_t) -1 means "no change": chown(2). */
const LARGEST_ID = 2 ** 32 - 2;

export const nonRootUser = gate({
  id: 'non-root-user',
  level: 'required',
  promise: 'The image names a numeric user, and it is not root.',
  why: 'Root in a container is root on the host for whoever breaks out, and Kubernetes cannot check `runAsNonRoot` against a name.',
  source: 'Kubernetes, "Pod Security Standards", Restricted; image-spec, config.md, `User`',
  needs: [],
  async measure({ image }) {
    const user = (await image.config()).config?.User ?? '';
    const evidence = [seen('config.User', user === '' ? 'not set' : user)] as const;
    const fix = 'set `user: {uid: 10001, gid: 10001}` in plimsoll.yaml, or `USER 10001:10001` in a Dockerfile';
    if (user === '') return failed('no user is set, so it runs as root', fix, evidence);
    const [, uid, group] = /^(\d+)(?::(.*))?$/.exec(user) ?? [];
    if (uid === undefined) return failed(`\`${user}\` is a name: nobody outside the image can tell whether it is root`, fix, evidence);
    if (Number(uid) === 0) return failed('it runs as root (0)', fix, evidence);
    if (Number(uid) > LARGEST_ID) return failed(`${uid} is no user id`, fix, evidence);
    if (group !== undefined && !/^\d+$/.test(group)) return failed(`its group \`${group}\` is a name`, fix, evidence);
    return passed(evidence);
  },
});
