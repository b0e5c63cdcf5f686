import { kubernetes } from './kubernetes.ts';
import { profile } from './profile.ts';

export const openshift = profile({
  id: 'openshift',
  about: 'A pod under the security context constraint "restricted-v2": any user id of the project, group 0.',
  levels: [...kubernetes.levels],
  grace: kubernetes.grace,
});
