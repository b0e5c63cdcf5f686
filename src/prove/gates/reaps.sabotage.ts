import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

/** A route that does `work`. */
const route = (work: string) =>
  inTurn(
    replaceIn('app/main.py', 'import os\n', 'import os\nimport subprocess\nimport sys\n'),
    replaceIn(
      'app/main.py',
      '@app.get("/slow")',
      `@app.get("/sync")\ndef sync() -> dict[str, str]:\n    ${work}\n    return {"sync": "done"}\n\n\n@app.get("/slow")`,
    ),
  );
const ITSELF = addFiles({ 'plimsoll.yaml': 'pid1: server\n' });

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a route starts a program and nobody waits for it',
    service: 'python-fastapi',
    edit: route('subprocess.Popen([sys.executable, "-c", "pass"])'),
  },
  {
    name: 'a program that it starts leaves its own child to process 1, which is no init',
    service: 'python-fastapi',
    edit: inTurn(ITSELF, route('subprocess.run([sys.executable, "-c", "import os; os.fork() or os._exit(0)"], check=True)')),
  },
  {
    name: 'it starts programs, and process 1 does not reap what others leave',
    service: 'python-fastapi',
    edit: inTurn(ITSELF, route('subprocess.run([sys.executable, "-c", "pass"], check=True)')),
  },
];
