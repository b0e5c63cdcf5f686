import { replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const VISITS = `    except redis.RedisError as error:
        raise HTTPException(503, "redis does not answer") from error
`;
const COUNT = `        return {"visits": cache.incr("visits")}\n${VISITS}`;

export const sabotages: readonly Sabotage[] = [
  {
    name: 'the service leaves when redis does not answer',
    service: 'python-redis',
    needs: 'redis-server',
    edit: replaceIn(
      'app.py',
      COUNT,
      COUNT.replace('        raise HTTPException(503, "redis does not answer") from error', '        os._exit(1)'),
    ),
  },
  {
    name: 'it never asks redis again once it did not answer',
    service: 'python-redis',
    needs: 'redis-server',
    edit: replaceIn(
      'app.py',
      `    try:\n${COUNT}`,
      `    if "down" in app.extra:\n        raise HTTPException(503, "redis was down")\n    try:\n${COUNT.replace('        raise HTTP', '        app.extra["down"] = True\n        raise HTTP')}`,
    ),
  },
  {
    name: 'its only health endpoint asks redis',
    service: 'python-redis',
    needs: 'redis-server',
    edit: replaceIn('app.py', '    return {"status": "ok"}\n', '    cache.ping()\n    return {"status": "ok"}\n'),
  },
];
