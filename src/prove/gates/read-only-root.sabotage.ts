import { replaceIn, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a route writes beside the program',
    service: 'python-fastapi',
    edit: replaceIn(
      'app/main.py',
      '@app.get("/slow")',
      '@app.get("/report")\ndef report() -> dict[str, str]:\n    name = "-".join(["report", str(os.getpid())])\n    with open(os.path.join(os.getcwd(), name), "w") as out:\n        out.write("done")\n    return {"written": name}\n\n\n@app.get("/slow")',
    ),
  },
  {
    name: 'the start writes a file that was not declared',
    service: 'python-tcp',
    edit: replaceIn(
      'server.py',
      '    port = int(',
      '    with open(os.path.join(os.getcwd(), str(os.getpid()) + os.extsep + "pid"), "w") as out:\n        out.write(str(os.getpid()))\n    port = int(',
    ),
    // Its folder belongs to root, as all of the program: with any root it cannot start.
    alsoFails: ['ready-in-time'],
  },
];
