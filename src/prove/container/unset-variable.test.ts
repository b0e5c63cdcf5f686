import { expect, test } from 'vitest';
import { unsetVariables } from './unset-variable.ts';

test.each([
  ['  File "/app/app.py", line 3, in <module>\nKeyError: \'SITE_NAME\'', ['SITE_NAME']],
  ["KeyError: 'visits'", []],
  ['SITE_NAME is not set', ['SITE_NAME']],
  ['ERROR: SITE_NAME and API_TOKEN are required, see README', ['SITE_NAME', 'API_TOKEN']],
  ['django.core.exceptions.ImproperlyConfigured: Set the DATABASE_URL environment variable', ['DATABASE_URL']],
  ['decouple.UndefinedValueError: MOTTO not found. Declare it as envvar or define a default value.', ['MOTTO']],
  ['environs.EnvError: Environment variable "MOTTO" not set', ['MOTTO']],
  [
    'pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\nsite_name\n  Field required [type=missing, input_value={}, input_type=dict]',
    ['SITE_NAME'],
  ],
  ['INFO: Uvicorn running on http://0.0.0.0:8000', []],
  ['CRITICAL: could not read /etc/APP_CONFIG/x, it is not there', []],
  ['TypeError: GET_USER() missing 1 required positional argument', []],
])('the log %j asks for %j', (text, names) => {
  const logs = text.split('\n').map((line, i) => ({ atMs: i, stream: 'stderr' as const, text: line }));
  expect(unsetVariables(logs)).toEqual(names);
});
