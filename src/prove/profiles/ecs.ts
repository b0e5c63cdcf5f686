import { profile } from './profile.ts';

export const ecs = profile({
  id: 'ecs',
  about: 'A task of Amazon ECS on Fargate.',
  levels: [
    {
      gate: 'read-only-root',
      level: 'required',
      why: 'the account’s security checks report a task whose root can be written',
      source: 'AWS Security Hub, control ECS.5',
    },
    {
      gate: 'no-secrets',
      level: 'required',
      why: 'they report credentials in the environment of a container',
      source: 'AWS Security Hub, control ECS.8',
    },
  ],
  grace: {
    ms: 30_000,
    mostMs: 120_000,
    source: 'Amazon ECS API reference, "ContainerDefinition", stopTimeout: 30 seconds by default, 120 at most on Fargate',
  },
  memory: { bytes: 512 * 1024 * 1024, source: 'Amazon ECS, "Task CPU and memory" on Fargate: 512 MiB is the smallest task' },
});
