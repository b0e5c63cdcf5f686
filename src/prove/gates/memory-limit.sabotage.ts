import { addFiles, inTurn, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

const LIMIT_MIB = 160;
const LIMIT = addFiles({ 'plimsoll.yaml': `limits:\n  memory: ${LIMIT_MIB} MiB\n` });
const route = (work: string) =>
  replaceIn(
    'app/main.py',
    '@app.get("/slow")',
    `kept = []\n\n\n@app.get("/report")\ndef report() -> dict[str, int]:\n    ${work}\n\n\n@app.get("/slow")`,
  );

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a request takes 105 % of the limit',
    service: 'python-fastapi',
    edit: inTurn(LIMIT, route(`return {"bytes": len(b"x" * ${Math.round(1.05 * LIMIT_MIB)} * 1024 * 1024)}`)),
  },
  {
    name: 'each request leaks',
    service: 'python-fastapi',
    edit: inTurn(LIMIT, route('kept.append(b"x" * 4 * 1024 * 1024)\n    return {"kept": len(kept)}')),
  },
  {
    name: 'it holds 95 % of the limit from its start on',
    service: 'python-fastapi',
    edit: inTurn(LIMIT, holding(0.95)),
  },
];

/** So many parts of the limit are filled when it is ready. */
export function holding(part: number) {
  return replaceIn(
    'app/main.py',
    'app.state.notes = {}',
    `app.state.notes = {}\n    with open("/proc/self/status") as status:\n        own = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))\n    app.state.table = b"x" * (${Math.round(part * LIMIT_MIB * 1024)} - own) * 1024`,
  );
}
