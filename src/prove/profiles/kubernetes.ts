import { profile } from './profile.ts';

export const kubernetes = profile({
  id: 'kubernetes',
  about: 'A pod in a namespace that enforces the pod security standard "restricted".',
  levels: [
    {
      gate: 'non-root-user',
      level: 'required',
      why: 'the kubelet refuses to start root under `runAsNonRoot`, and a user that is a name',
      source: 'Kubernetes, "Pod Security Standards", "Restricted", "Running as Non-root"',
    },
  ],
  grace: { ms: 30_000, source: 'Kubernetes, "Pod Lifecycle", "Termination of Pods": terminationGracePeriodSeconds, 30 by default' },
});
