import { kubernetes } from './kubernetes.ts';
import { profile } from './profile.ts';

export const openshift = profile({
  id: 'openshift',
  about: 'A pod under the security context constraint "restricted-v2": any user id of the project, group 0.',
  levels: [
    ...kubernetes.levels,
    {
      gate: 'arbitrary-user',
      level: 'required',
      why: 'the project’s range decides the user id, whatever the image says',
      source: 'OpenShift, "Creating images", "Support arbitrary user ids"',
    },
  ],
  grace: kubernetes.grace,
});
