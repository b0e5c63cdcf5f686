import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageConfig } from '../src/image/index.ts';
import { whyNoContainers } from '../src/run/kit.testing.ts';
import { dockerArchive } from './docker-archive.testing.ts';
import { has, plimsoll, scratch } from './plimsoll.ts';

type Config = NonNullable<ImageConfig['config']>;

/** Keeps a counter in /data when asked, is its own health check, and stops on SIGTERM. */
const SERVER = `package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		fmt.Println("working")
		<-stop
		return
	}
	if len(os.Args) > 1 {
		port := "8080"
		if len(os.Args) > 2 && os.Args[2] == "http://127.0.0.1:8081/health" {
			port = "8081"
		}
		answer, err := http.Get("http://127.0.0.1:" + port + "/health")
		if err != nil || answer.StatusCode != 200 && os.Args[1] == "check" {
			os.Exit(1)
		}
		return
	}
	if early := os.Getenv("EARLY"); early != "" {
		go http.ListenAndServe(early, nil)
		time.Sleep(2 * time.Second)
	}
	address := os.Getenv("LISTEN")
	if address == "" {
		address = ":8080"
	}
	server := &http.Server{Addr: address}
	warm, _ := time.ParseDuration(os.Getenv("WARM"))
	began := time.Now()
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		if time.Since(began) < warm {
			w.WriteHeader(503)
			return
		}
		if err := os.WriteFile("/data/asked", []byte("x"), 0o600); err != nil {
			fmt.Println(err)
			w.WriteHeader(500)
		}
	})
	stop, _ := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	go server.ListenAndServe()
	if inner := os.Getenv("INNER"); inner != "" {
		go http.ListenAndServe(inner, nil)
	}
	<-stop.Done()
	server.Shutdown(context.Background())
}
`;

const why = (await whyNoContainers()) ?? (has('go') ? undefined : 'go is not installed');
const place = scratch();
let program: Uint8Array;

beforeAll(() => {
  if (why !== undefined) return;
  const folder = join(place.folder, 'server');
  mkdirSync(folder);
  writeFileSync(join(folder, 'main.go'), SERVER);
  writeFileSync(join(folder, 'go.mod'), 'module server\ngo 1.19\n');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' };
  const end = spawnSync('go', ['build', '-ldflags=-s -w', '-o', 'server', '.'], { cwd: folder, env, encoding: 'utf8' });
  expect(end.status, end.stderr).toBe(0);
  program = readFileSync(join(folder, 'server'));
});
afterAll(() => place.remove());

const CHECK = { Test: ['CMD', '/server', 'check'], Timeout: 2e9, Retries: 3 };
const STATIC: Config = {
  User: '10001:10001',
  Entrypoint: ['/server'],
  ExposedPorts: { '8080/tcp': {} },
  Volumes: { '/data': {} },
  Healthcheck: CHECK,
};

interface Proof {
  readonly verdict: string;
  readonly image: { readonly ref: string };
  readonly gates: readonly {
    readonly id: string;
    readonly outcome: string;
    readonly required: boolean;
    readonly why?: string;
    readonly measured?: { readonly value: number };
    readonly fix?: string;
  }[];
}

/** One static program in an image, with what `config` says otherwise. */
async function proved(
  { dataOwner = 10001, ...config }: Config & { readonly dataOwner?: number },
  ...args: readonly string[]
): Promise<{ proof: Proof; code: number | null; outcomes: Record<string, string> }> {
  const entries = [
    { path: 'server', content: program, mode: 0o755 },
    // Root without capabilities may write what is root's alone.
    { path: 'data', type: 'directory' as const, uid: config.User === '' ? 0 : dataOwner, gid: 10001 },
    { path: 'etc/passwd', content: 'root:x:0:0::/:/none\nweb:x:10001:10001::/:/none\n' },
  ];
  const ref = dockerArchive(join(place.folder, 'image.tar'), entries, config);
  const end = await plimsoll(['prove', ref, '--json', ...args]);
  expect(end.stdout, end.stderr).not.toBe('');
  const proof = JSON.parse(end.stdout) as Proof;
  return { proof, code: end.code, outcomes: Object.fromEntries(proof.gates.map(({ id, outcome }) => [id, outcome])) };
}

describe.skipIf(why !== undefined)(`an image without its repository${why === undefined ? '' : ` (${why})`}`, () => {
  test('of one static program, with neither shell nor Python, is proven by what its config says', async () => {
    const { proof, code, outcomes } = await proved(STATIC, '--health', '/health');
    expect(outcomes, JSON.stringify(proof.gates)).toMatchObject({
      pinned: 'skipped',
      'size-budget': 'passed',
      'non-root-user': 'passed',
      'start-command': 'passed',
      'ready-in-time': 'passed',
      'health-check': 'passed',
      'read-only-root': 'passed',
      sigterm: 'passed',
      'missing-variable': 'skipped',
    });
    expect([proof.verdict, code]).toEqual(['fit', 0]);
    expect(proof.gates.filter(({ outcome }) => outcome === 'skipped').every(({ why: reason }) => (reason ?? '').length > 20)).toBe(true);
  });

  test('whose health check takes any answer is found out: a program of ours answers it with 500', async () => {
    const evidenceFor = async (check: string) => {
      const Healthcheck = { ...CHECK, Test: ['CMD', '/server', check] };
      const { proof } = await proved({ ...STATIC, Healthcheck }, '--health', '/health', '--only', 'health-check');
      return proof.gates[0];
    };
    expect(await evidenceFor('lenient')).toMatchObject({ outcome: 'failed', why: expect.stringContaining('answered with 500') });
    const good = await evidenceFor('check');
    expect([good?.outcome, good?.why, JSON.stringify(good)]).toEqual(['passed', undefined, expect.stringContaining('each answer is 500')]);
  });

  test('whose health check asks a port for management is held to what is answered there', async () => {
    const evidenceFor = async (check: string) => {
      const Healthcheck = { ...CHECK, Test: ['CMD', '/server', check, 'http://127.0.0.1:8081/health'] };
      const { proof } = await proved({ ...STATIC, Env: ['INNER=:8081'], Healthcheck }, '--health', '/health', '--only', 'health-check');
      return proof.gates[0];
    };
    expect(await evidenceFor('lenient')).toMatchObject({ outcome: 'failed', why: expect.stringContaining('answered with 500') });
    expect(await evidenceFor('check')).toMatchObject({ outcome: 'passed' });
  });

  test('whose user is a name runs as that user, and without a user as root; both fail non-root-user alone', async () => {
    for (const User of ['web', '']) {
      const { proof, code } = await proved({ ...STATIC, User }, '--health', '/health');
      expect(code).toBe(1);
      const failed = proof.gates.filter(({ outcome, required }) => outcome === 'failed' && required);
      expect(
        failed.map(({ id }) => id),
        JSON.stringify(proof.gates),
      ).toEqual(['non-root-user']);
    }
  });

  test('without ports is a worker; one that writes where nothing is declared fails, until --writable names the path', async () => {
    const { ExposedPorts: _, Healthcheck: __, ...worker } = STATIC;
    const { proof, outcomes } = await proved({ ...worker, Cmd: ['worker'] });
    expect(outcomes, JSON.stringify(proof.gates)).toMatchObject({
      'ready-in-time': 'passed',
      sigterm: 'passed',
      'health-check': 'skipped',
    });
    const { Volumes: ___, ...undeclared } = STATIC;
    expect((await proved(undeclared, '--health', '/health', '--only', 'read-only-root')).proof.gates).toMatchObject([
      { outcome: 'failed', fix: expect.stringContaining('`--writable /data`') },
    ]);
    expect((await proved(undeclared, '--health', '/health', '--writable', '/data', '--only', 'read-only-root')).outcomes).toEqual({
      'read-only-root': 'passed',
    });
  });

  test('whose volume is not its user’s in the image cannot write there, as with Docker, and is told what to do', async () => {
    const { proof } = await proved({ ...STATIC, dataOwner: 0 }, '--health', '/health', '--ready', '1', '--only', 'ready-in-time');
    expect(proof.gates).toMatchObject([
      {
        outcome: 'failed',
        why: expect.stringContaining('/data/asked: permission denied'),
        fix: expect.stringContaining('`RUN install -d -o 10001 -g 10001 /data` before VOLUME'),
      },
    ]);
  });

  test('is asked what `--probe` asks, and one that nobody can ask is refused', async () => {
    const asked = async (probe: string) => (await proved(STATIC, '--probe', probe, '--only', 'probes,sigterm')).proof;
    const [good, wrong] = [await asked('GET /nothing 404'), await asked('GET /nothing 200')];
    expect([good.verdict, wrong.verdict]).toEqual(['fit', 'unfit']);
    expect(wrong.gates.find(({ id }) => id === 'probes')?.fix).toContain('what `--probe` expects');
    expect(wrong.gates.find(({ id }) => id === 'probes')?.why).toContain('GET /nothing answered 404 instead of 200');
    const { ExposedPorts: _, ...closed } = STATIC;
    const ref = dockerArchive(join(place.folder, 'closed.tar'), [{ path: 'server', content: program, mode: 0o755 }], closed);
    expect(await plimsoll(['prove', ref, '--probe', 'GET / 200'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('`--port 8080`'),
    });
  });

  test('without a port says what it was taken by, and of what nobody knows nothing else', async () => {
    const { ExposedPorts: _, Healthcheck: __, ...worker } = STATIC;
    const { proof } = await proved({ ...worker, Cmd: ['worker'] }, '--only', 'ready-in-time,sigterm,probes,reaps');
    const whyOf = (id: string): string => proof.gates.find((it) => it.id === id)?.why ?? '';
    expect(whyOf('ready-in-time')).toContain('no port');
    expect(whyOf('probes')).toContain('--probe');
    expect(proof.gates.map((it) => it.why).join()).not.toMatch(/the source|speaks no HTTP|plimsoll\.yaml/);
  });

  test('is asked what its own health check asks, of the ports that it exposes where that asks', async () => {
    const Healthcheck = { ...CHECK, Test: [...CHECK.Test, 'http://127.0.0.1:8080/health'] };
    const { proof, outcomes } = await proved({ ...STATIC, Healthcheck, ExposedPorts: { '443/tcp': {}, '8080/tcp': {} } });
    expect([proof.verdict, outcomes['probes']], JSON.stringify(proof.gates)).toEqual(['fit', 'passed']);
    expect(proof.gates.find(({ id }) => id === 'probes')?.measured?.value).toBeGreaterThan(100);
    expect(proof.gates.find(({ id }) => id === 'ready-in-time')?.why).toBeUndefined();
  });

  test('of several ports that it exposes listens to one: nobody says whether that is enough, until a flag does', async () => {
    const ExposedPorts = { '443/tcp': {}, '8080/tcp': {}, '9090/tcp': {} };
    const { proof, code } = await proved({ ...STATIC, ExposedPorts }, '--only', 'ready-in-time,sigterm');
    expect([code, proof.gates.map(({ outcome }) => outcome)]).toEqual([3, ['unproven', 'passed']]);
    expect(proof.gates[0]).toMatchObject({
      why: expect.stringContaining('listens on 8080, and a second later nothing on 443, 9090'),
      remedy: expect.stringContaining('`--port 8080`'),
    });
    expect((await proved({ ...STATIC, ExposedPorts }, '--port', '8080', '--only', 'ready-in-time')).code).toBe(0);
  });

  test('is not taken for ready by a port on its loopback, a debugger’s, while another that it exposes is to come', async () => {
    const ExposedPorts = { '8080/tcp': {}, '9229/tcp': {} };
    const judged = async (...Env: readonly string[]) =>
      (await proved({ ...STATIC, ExposedPorts, Env }, '--only', 'ready-in-time')).proof.gates[0];
    const late = await judged('EARLY=127.0.0.1:9229');
    expect(late).toMatchObject({ outcome: 'passed' });
    expect(late?.measured?.value).toBeGreaterThan(1900);
    expect(await judged('EARLY=127.0.0.1:9229', 'LISTEN=127.0.0.1:8080')).toMatchObject({ outcome: 'failed', fix: 'listen on 0.0.0.0' });
  });

  test('that exposes nothing may have a port on its loopback for its own check; one that it exposes, or a flag names, may not be there', async () => {
    const Healthcheck = { ...CHECK, Test: [...CHECK.Test, 'http://127.0.0.1:8080/health'] };
    const inside = { ...STATIC, Healthcheck, Env: ['LISTEN=127.0.0.1:8080'] };
    const { ExposedPorts: _, ...worker } = inside;
    const judged = async (config: Config, ...args: readonly string[]) =>
      (await proved(config, '--only', 'ready-in-time', ...args)).outcomes['ready-in-time'];
    expect([await judged(worker), await judged(inside), await judged(worker, '--port', '8080')]).toEqual(['passed', 'failed', 'failed']);
  });

  test('that listens before it is healthy has the time to be ready for it', async () => {
    const proof = async (...args: readonly string[]) =>
      (await proved({ ...STATIC, Env: ['WARM=2s'] }, '--only', 'health-check', ...args)).proof;
    expect((await proof()).gates).toMatchObject([{ outcome: 'passed' }]);
    expect((await proof('--ready', '0.5')).gates).toMatchObject([
      { outcome: 'failed', why: expect.stringContaining('times in a row'), fix: expect.stringContaining('HEALTHCHECK in its Dockerfile') },
    ]);
  });

  test('is held to the port, budget and times that flags name', async () => {
    const bounds = ['--port', '8081', '--ready', '0.5', '--budget', '1 MB', '--only', 'size-budget,ready-in-time'];
    expect((await proved(STATIC, ...bounds)).outcomes).toEqual({ 'size-budget': 'failed', 'ready-in-time': 'failed' });
  });

  test('is run, and its exit is told', async () => {
    const entries = [{ path: 'server', content: program, mode: 0o755 }];
    const ref = dockerArchive(join(place.folder, 'run.tar'), entries, { ...STATIC, Cmd: ['check'] });
    // Nothing listens in its network: its check fails.
    expect(await plimsoll(['run', ref])).toMatchObject({ code: 1 });
  });

  test('and a folder are told apart: each refuses what is about the other', async () => {
    const ref = dockerArchive(join(place.folder, 'image.tar'), [], STATIC);
    expect((await plimsoll(['prove', ref, '--image', 'oci:x'])).stderr).toContain('`--image` names another one');
    expect((await plimsoll(['prove', place.folder, '--port', '80'])).stderr).toContain('`--port` is about an image');
    expect((await plimsoll(['prove', ref, '--ready', 'soon'])).code).toBe(2);
  });
});

test('a secret of an image is let through where a flag says so with its reason, file by file; plimsoll.yaml says it of a repository', async () => {
  const entries = [
    { path: 'app/.env', content: 'API_KEY=correct-horse-battery\n' },
    { path: 'app/other.env', content: 'API_KEY=correct-horse-battery\n' },
  ];
  const ref = dockerArchive(join(place.folder, 'secret.tar'), entries, { Env: ['API_KEY=correct-horse-battery'] });
  const judged = async (...args: readonly string[]) => {
    const { stdout, code } = await plimsoll(['prove', ref, '--only', 'no-secrets', '--json', ...args]);
    return [code, (JSON.parse(stdout) as { gates: { measured?: { value: number } }[] }).gates[0]?.measured?.value];
  };
  expect(await judged()).toEqual([1, 3]);
  expect(await judged('--allow-secret', '/app/.env=opens nothing')).toEqual([1, 2]);
  expect(await judged('--allow-secret', '/app/*=opens nothing', '--allow-secret', 'API_KEY=opens nothing')).toEqual([0, 0]);
  expect(await plimsoll(['prove', ref, '--allow-secret', '/app/.env'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('where and why'),
  });
  expect((await plimsoll(['prove', place.folder, '--allow-secret', '/app/.env=opens nothing'])).stderr).toContain('`prove.allowSecrets`');
});
