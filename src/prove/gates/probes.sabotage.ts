import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

/** Like a pool of connections: what is taken is given back only where nothing goes wrong. */
const POOL = replaceIn(
  'app/main.py',
  '@app.get("/slow")',
  'pool = [object() for _ in range(20)]\n\n\n@app.get("/count")\nasync def count() -> dict[str, int]:\n    pool.pop()\n    return {"notes": len(app.state.notes)}\n\n\n@app.get("/slow")',
);

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a route answers with another status',
    service: 'python-fastapi',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'probes:\n  - GET /api/notes/1 404\n  - GET /health 200\n' }),
      replaceIn('app/routers/notes.py', 'HTTPException(404', 'HTTPException(410'),
    ),
  },
  { name: 'each request takes a connection and none gives it back', service: 'python-fastapi', edit: POOL },
  {
    name: 'a part of its JSON is another',
    service: 'python-fastapi',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'probes:\n  - request: GET /health 200\n    expect: { json: { status: ok } }\n' }),
      replaceIn('app/main.py', '"status": "ok"', '"status": "okay"'),
    ),
  },
  {
    name: 'a route imports a module that nobody installs',
    service: 'python-fastapi',
    edit: replaceIn(
      'app/main.py',
      '@app.get("/slow")',
      '@app.get("/export")\nasync def export() -> dict[str, str]:\n    import openpyxl\n\n    return {"with": openpyxl.__version__}\n\n\n@app.get("/slow")',
    ),
  },
  {
    name: 'a route ends the service',
    service: 'python-fastapi',
    edit: replaceIn(
      'app/main.py',
      '@app.get("/slow")',
      '@app.get("/export")\nasync def export() -> dict[str, str]:\n    print("no template", flush=True)\n    os._exit(3)\n\n\n@app.get("/slow")',
    ),
  },
  {
    name: 'it answers a line with something else',
    service: 'python-tcp',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'probes:\n  - { tcp: 7000, send: "hello\\n", expect: "5\\n" }\n' }),
      replaceIn('server.py', 'len(line.rstrip(b"\\r\\n"))', 'len(line)'),
    ),
  },
  {
    name: 'it listens, and nobody serves',
    service: 'python-waitress',
    edit: inTurn(
      addFiles({ 'plimsoll.yaml': 'port: 8080\nhealthCheck: false\n' }),
      replaceIn('serve.py', 'from waitress import serve', 'from waitress import create_server'),
      replaceIn(
        'serve.py',
        'serve(app, host="0.0.0.0", port=8080, threads=4)',
        'server = create_server(app, host="0.0.0.0", port=8080)\n    signal.pause()',
      ),
    ),
  },
];
