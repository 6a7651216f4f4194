/** The bundles that boards are flashed with: whole, the same each time, and able to sell. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Script } from 'node:vm';
import { PNG } from 'pngjs';
import tap, { test } from 'tap';
import { VirtualBoard } from '../bench/board.ts';
import { agree } from '../hil/agreement.ts';

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

const json = <Content>(path: string): Content => JSON.parse(readFileSync(path, 'utf8')) as Content;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();

/** As Node names them, and bytes 18 and 19 of an ELF file: x86-64, AArch64, ARM. */
const architectures = {
  x64: { node: 'x64', machine: 62 },
  arm64: { node: 'arm64', machine: 183 },
  armv7: { node: 'arm', machine: 40 },
} as const;
type Architecture = keyof typeof architectures;

interface Built {
  readonly architecture: Architecture;
  readonly build: string;
  readonly folder: string;
  readonly tar: string;
}

const program = join(import.meta.dirname, '..', '..', 'scripts', 'build-firmware.js');

/** Of all architectures, or of these. */
const buildBundles = (out: string, ...only: Architecture[]): readonly Built[] => {
  const args = ['--json', '--out', out, ...only.flatMap((name) => ['--architecture', name])];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as readonly Built[];
};

const folder = mkdtempSync(join(tmpdir(), 'slipsafe-bundles-'));
tap.teardown(() => rmSync(folder, { recursive: true, force: true }));
let built: readonly Built[] = [];

test('a bundle is the same bytes each time it is made of the same source', (t) => {
  built = buildBundles(join(folder, 'once'));
  const again = buildBundles(join(folder, 'again'), 'arm64', 'x64');
  for (const { architecture, tar, build } of again) {
    const first = built.find((each) => each.architecture === architecture);
    t.equal(first?.build, build);
    t.equal(sha256(first?.tar ?? ''), sha256(tar), architecture);
  }
  t.end();
});

for (const name of Object.keys(architectures) as Architecture[]) {
  test(`the bundle for ${name} holds what its manifest says, and addons of that machine`, (t) => {
    const { folder } = built.find(({ architecture }) => architecture === name) as Built;
    const manifest = json<{ architecture: string; files: Record<string, string> }>(join(folder, 'manifest.json'));
    t.equal(manifest.architecture, architectures[name].node);
    t.strictSame(
      [...Object.keys(manifest.files), 'manifest.json'].sort(),
      filesIn(folder),
      'no file is missing in it, and none is in it that is not there',
    );
    for (const [file, hash] of Object.entries(manifest.files)) t.equal(sha256(join(folder, file)), hash, file);
    for (const addon of ['serialport.node', 'hid.node']) {
      t.equal(readFileSync(join(folder, addon)).readUInt16LE(18), architectures[name].machine, addon);
    }
    t.end();
  });
}

test('the bill of materials names every package of which there is code, with its licence and hash', (t) => {
  const folder = built[0]?.folder ?? '';
  type Component = { name: string; version: string; licenses: unknown[]; hashes: unknown[] };
  const { components } = json<{ components: Component[] }>(join(folder, 'bill-of-materials.cdx.json'));
  const names = components.map(({ name }) => name);
  for (const name of [
    'pino',
    'lowdb',
    'node-hid',
    '@serialport/bindings-cpp',
    'node-thermal-printer',
    'iconv-lite',
    'commander',
  ]) {
    t.ok(names.includes(name), name);
  }
  t.notOk(names.includes('tap') || names.includes('esbuild'), 'and none that only builds or tests');
  t.ok(components.every(({ licenses, hashes }) => licenses.length === 1 && hashes.length === 1));
  const licences = readFileSync(join(folder, 'LICENCES.txt'), 'utf8');
  t.strictSame(
    components.filter(({ name, version }) => !licences.includes(`${name} ${version} (`)),
    [],
  );
  t.end();
});

test('the bundled firmware sells, prints and settles on the virtual board, with nothing but its own folder', async (t) => {
  const own = built.find(({ architecture }) => architectures[architecture].node === process.arch) as Built;
  const logo = join(folder, 'logo.png');
  writeFileSync(logo, PNG.sync.write(new PNG({ width: 64, height: 32, fill: true })));
  // All that a bundle loads late or in another way than the compiler's output: logo, QR symbol, image of the slip.
  const it = await VirtualBoard.build({
    program: join(own.folder, 'slipsafe.cjs'),
    sections: { slip: { logo, qr: true, images: true } },
  });
  t.teardown(() => it.dismantle());
  await it.powerOnToIdle();
  await it.sell('1234');
  await it.phase('idle', 2);
  t.strictSame(
    (await agree(t, it)).map(({ status }) => status),
    ['captured'],
  );
  const imaged = () => it.files().some(({ path }) => path.includes('/slips/') && path.endsWith('.png'));
  while (!imaged()) await once(it.firmware, 'line');
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(own.folder, 'terminalctl.cjs'), 'ledger', 'verify', '--config', it.configurationPath],
    { encoding: 'utf8', cwd: '/' },
  );
  t.equal(status, 0);
  t.match(stdout, /INTACT/);
});

test('it shows what a display of plain ASCII can show', async (t) => {
  const own = built.find(({ architecture }) => architectures[architecture].node === process.arch) as Built;
  const it = await VirtualBoard.build({
    program: join(own.folder, 'slipsafe.cjs'),
    display: 'cd5220',
    sections: { language: 'en' },
  });
  t.teardown(() => it.dismantle());
  const configuration = json<{ display: object }>(it.configurationPath);
  const display = { ...configuration.display, encoding: 'ascii' };
  writeFileSync(it.configurationPath, JSON.stringify({ ...configuration, display }));
  await it.powerOnToIdle();
  t.strictSame(it.display.complaints, []);
});

test('a program starts from the form that V8 compiled, without it, and past a spoilt one', (t) => {
  const own = built.find(({ architecture }) => architectures[architecture].node === process.arch) as Built;
  const program = join(own.folder, 'slipsafe.cjs');
  const compiled = join(own.folder, 'slipsafe.v8');
  const source = readFileSync(join(own.folder, 'slipsafe.js'));
  t.notOk(
    source.some((byte) => byte > 0x7f),
    'the loader reads it faster where all of it is ASCII',
  );
  const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  const helps = (how: string) =>
    t.match(run('--help'), { status: 0, stdout: /^slipsafe: the payment/, stderr: '' }, how);
  helps('without');
  t.match(run('--compile'), { status: 0, stdout: '', stderr: '' });
  const content = readFileSync(compiled);
  // V8 compiles a function at its first call.
  const uncalled = new Script(`(function () {//${source.toString('latin1')}\n})`).createCachedData();
  t.ok(content.length > 1.5 * uncalled.length, 'what a start calls is in it');
  helps('with it');
  writeFileSync(compiled, content.subarray(0, 5000));
  helps('cut off');
  writeFileSync(compiled, Buffer.alloc(content.length, 7));
  helps('of something else');
  rmSync(compiled);
  t.end();
});

test('the command says which architecture it does not know', (t) => {
  const { status, stderr } = spawnSync(process.execPath, [program, '--architecture', 'mips'], { encoding: 'utf8' });
  t.equal(status, 2);
  t.match(stderr, /there is no architecture mips/);
  t.end();
});
