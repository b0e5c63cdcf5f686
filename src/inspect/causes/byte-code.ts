import { cause } from './cause.ts';

export const byteCode = cause({
  id: 'byte-code',
  title: 'byte code of Python',
  why: 'Python makes it of the sources beside it, in memory where it cannot write.',
  source: 'Python reference, "py_compile"; PEP 3147',
  fix: '`ENV PYTHONDONTWRITEBYTECODE=1` and `pip install --no-compile`; with Plimsoll `--no-bytecode`',
  cost: 'a slower start',
  matches: ({ path }) => path.endsWith('.pyc') && path.includes('/__pycache__/'),
});
