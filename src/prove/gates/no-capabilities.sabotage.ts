import { addFiles, replaceIn, type Sabotage } from '../sabotage.test-support.ts';

export const sabotages: readonly Sabotage[] = [
  {
    name: 'a route opens a raw socket',
    service: 'python-fastapi',
    edit: replaceIn(
      'app/main.py',
      '@app.get("/slow")',
      '@app.get("/reach")\ndef reach() -> dict[str, str]:\n    import socket\n\n    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP):\n        return {"upstream": "there"}\n\n\n@app.get("/slow")',
    ),
  },
  {
    // The last port that needs a capability: ip-sysctl, `ip_unprivileged_port_start`.
    name: 'it listens on port 1023',
    service: 'python-fastapi',
    edit: addFiles({ 'plimsoll.yaml': 'port: 1023\n' }),
    alsoFails: ['ready-in-time'],
  },
  {
    name: 'it gives up groups that it does not have',
    service: 'python-tcp',
    edit: replaceIn('server.py', 'def main():\n', 'def main():\n    os.setgroups([])\n'),
    alsoFails: ['ready-in-time'],
  },
];
