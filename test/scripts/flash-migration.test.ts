/** A build of another data format is flashed, trades, and is taken back: nothing that was sold is lost on the way. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import tap, { test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { agree } from '../hil/agreement.ts';
import { flashRig } from '../support/flash-rig.ts';

const dist = join(import.meta.dirname, '..', '..');
const { folder, keys, real, begin, flash, bundle, rootOf, current } = await flashRig(tap, ['till-1']);

// By its path: no test is compiled with the scripts.
const { bundle: bundlePrograms } = (await import(join(dist, 'scripts', 'build-firmware', 'bundler.js'))) as {
  bundle: (
    build: string,
    others: readonly Plugin[],
  ) => Promise<{ programs: readonly { readonly file: string; readonly content: Uint8Array }[] }>;
};

/** The program of this checkout, with the second format of test/support/format-pair.ts. */
const programOfNext = async (build: string): Promise<Uint8Array> => {
  const pair = JSON.stringify(join(dist, 'test', 'support', 'format-pair.js'));
  const { programs } = await bundlePrograms(build, [
    {
      name: 'next-format',
      setup: (bundler) => {
        bundler.onLoad({ filter: /firmware\/update\/migrations\.js$/ }, () => ({
          contents: `import { pair } from ${pair}; export const migrations = pair; export const dataFormat = 2;`,
          resolveDir: dist,
        }));
        bundler.onLoad({ filter: /firmware\/terminal-files\.js$/ }, ({ path }) => ({
          contents: readFileSync(path, 'utf8').replace("'ledger')", "'book')"),
        }));
      },
    },
  ]);
  return programs.find(({ file }) => file === 'slipsafe.js')?.content ?? new Uint8Array();
};

test('M2, M8: a migration waits for the settlement, trades on, and a crash loop takes data and build back', async (t) => {
  const install = ['--install', '--public-key', keys.open, '--bundle', real.tar, '--key', keys.secret];
  t.match(await flash('till-1', ...install), { code: 0 });
  const next = '0.2.0-next';
  const tar = bundle(next, { data: { oldest: 1, writes: 2 } }, { 'slipsafe.js': await programOfNext(next) });
  const socket = join(folder, 'till-1', 'run', 'slipsafe', 'control.sock');
  mkdirSync(dirname(socket), { recursive: true });
  const it = await VirtualBoard.build({
    program: join(rootOf('till-1'), 'current', 'slipsafe.cjs'),
    sections: { control: { socket } },
  });
  t.teardown(() => it.dismantle());
  const state = (name: string) => existsSync(join(dirname(it.configurationPath), 'state', name));
  const flashed = () => flash('till-1', '--bundle', tar, '--wait', '0', '--trial', '0', '--restart', begin);

  t.match((await flashed()).reports, [{ result: 'failed', why: /not idle in time: .*off/ }], 'nobody can say');
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.phase('idle', 2);
  t.match((await flashed()).reports, [{ result: 'failed', why: /the batch is not settled/ }]);
  t.equal(current('till-1'), real.build);
  it.press('menu', '7', '5', 'enter');
  await it.firmware.fact('settlementPrinted');
  it.press('enter');
  await it.phase('idle', 3);
  t.match((await flashed()).reports, [{ result: 'on trial', build: next }]);
  await it.firmware.stop();

  await it.powerOnToIdle();
  t.match(
    it.firmware.log.find(({ msg }) => msg === 'data changed to another format'),
    { from: 1, to: 2 },
  );
  t.strictSame([state('ledger'), state('book')], [false, true]);
  await it.sell('1500');
  await it.phase('idle', 2);
  t.match((await flash('till-1', '--rollback')).reports, [{ result: 'failed', why: /the batch is not settled/ }]);
  await it.firmware.kill();

  const slots = join(rootOf('till-1'), 'libexec', 'slots');
  t.equal(spawnSync(slots, ['failed'], { env: { ...process.env, SLIPSAFE_ROOT: rootOf('till-1') } }).status, 0);
  t.equal(current('till-1'), real.build, 'a crash loop asks nobody');
  await it.powerOnToIdle();
  t.match(
    it.firmware.log.find(({ msg }) => msg === 'data changed to another format'),
    { from: 2, to: 1 },
  );
  t.strictSame([state('ledger'), state('book')], [true, false]);
  t.match(await agree(t, it), [{ status: 'captured' }, { status: 'captured' }]);
});
