import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { test } from 'tap';

/** Folders whose files need a test. */
const tested = ['hal', 'state-machine', 'drivers', 'firmware'];

/** Files without a test of their own, because they are only ever used as a part; each with the test of the whole. */
const provenBy: Readonly<Record<string, string>> = {
  'drivers/card-reader/swipe-reader.ts': 'test/drivers/card-reader/serial-card-reader.test.ts',
  'drivers/hid/hid-line.ts': 'test/drivers/keypad/hid-keypad.test.ts',
  'drivers/input-device.ts': 'test/drivers/keypad/serial-keypad.test.ts',
  'drivers/ledger/mirrored-files.ts': 'test/drivers/ledger/reconcile.test.ts',
  'drivers/ledger/open-store.ts': 'test/drivers/ledger/anchor.test.ts',
  'firmware/export/ledger-export.ts': 'test/firmware/export/read-export.test.ts',
  'drivers/printer/commands.ts': 'test/drivers/printer/slip-encoder.test.ts',
  'drivers/printer/print-job.ts': 'test/drivers/printer/print-verdict.test.ts',
  'drivers/printer/printer-dialogue.ts': 'test/drivers/printer/escpos-printer.test.ts',
  'drivers/printer/printer-line.ts': 'test/drivers/printer/tcp-line.test.ts',
  'drivers/printer/printer-probe.ts': 'test/firmware/terminalctl/printer-command.test.ts',
  'drivers/printer/profile-proposal.ts': 'test/firmware/terminalctl/printer-command.test.ts',
  'drivers/printer/profile-files.ts': 'test/drivers/printer/printer-profile.test.ts',
  'drivers/printer/printer-status.ts': 'test/drivers/printer/print-verdict.test.ts',
  'drivers/schema-words.ts': 'test/firmware/configuration.test.ts',
  'drivers/serial/hang-up.ts': 'test/drivers/serial/serial-line.test.ts',
  'firmware/build.ts': 'test/hil/control.test.ts',
  'firmware/compose.ts': 'test/hil/sale.test.ts',
  'firmware/control/attendance.ts': 'test/hil/control.test.ts',
  'firmware/control/commands.ts': 'test/firmware/control/monitor.test.ts',
  'firmware/control/control-client.ts': 'test/firmware/control/control-server.test.ts',
  'firmware/control/veto.ts': 'test/firmware/control/monitor.test.ts',
  'firmware/terminalctl/ask-command.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/ask-secretly.ts': 'test/firmware/terminalctl/keys-command.test.ts',
  'firmware/schema-words.ts': 'test/firmware/configuration.test.ts',
  'firmware/trade-parameters.ts': 'test/firmware/configuration.test.ts',
  'firmware/metrics-file.ts': 'test/firmware/metrics.test.ts',
  'firmware/terminalctl/doctor-command.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/running-terminal.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/shown-configuration.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/status-command.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/support-bundle.ts': 'test/hil/control.test.ts',
  'firmware/terminalctl/update-command.ts': 'test/firmware/update/update.test.ts',
  'firmware/update/migrations.ts': 'test/firmware/update/data-format.test.ts',
  'firmware/update/bundle.ts': 'test/firmware/update/update.test.ts',
  'firmware/update/tar.ts': 'test/firmware/update/update.test.ts',
  'firmware/terminal-files.ts': 'test/firmware/main.test.ts',
  'firmware/surroundings.ts': 'test/hil/sale.test.ts',
  'firmware/system-clock.ts': 'test/hil/sale.test.ts',
  'state-machine/events.ts': 'test/state-machine/table.test.ts',
  'state-machine/going-on.ts': 'test/state-machine/walk.test.ts',
  'state-machine/handlers/administering.ts': 'test/state-machine/administering.test.ts',
  'state-machine/handlers/inspecting.ts': 'test/state-machine/administering.test.ts',
  'state-machine/administering-view.ts': 'test/state-machine/administering.test.ts',
  'state-machine/handlers/authorising.ts': 'test/state-machine/sale.test.ts',
  'state-machine/handlers/entering.ts': 'test/state-machine/sale.test.ts',
  'state-machine/handlers/choosing.ts': 'test/state-machine/finding.test.ts',
  'state-machine/handlers/everywhere.ts': 'test/state-machine/sale.test.ts',
  'state-machine/handlers/finding.ts': 'test/state-machine/finding.test.ts',
  'state-machine/handlers/operating.ts': 'test/state-machine/operators.test.ts',
  'state-machine/handlers/printing.ts': 'test/state-machine/reversal.test.ts',
  'state-machine/handlers/remedies.ts': 'test/state-machine/holds.test.ts',
  'state-machine/handlers/reversing.ts': 'test/state-machine/reversal.test.ts',
  'state-machine/handlers/settling.ts': 'test/state-machine/settlement.test.ts',
  'state-machine/handlers/steps.ts': 'test/state-machine/refund.test.ts',
  'state-machine/finding-view.ts': 'test/state-machine/finding.test.ts',
  'state-machine/notices.ts': 'test/state-machine/view.test.ts',
  'state-machine/words.ts': 'test/state-machine/view.test.ts',
  'state-machine/handlers/starting.ts': 'test/state-machine/slip-face.test.ts',
  'state-machine/kinds.ts': 'test/state-machine/settlement.test.ts',
  'state-machine/next-batch.ts': 'test/state-machine/settlement.test.ts',
  'state-machine/secret-phases.ts': 'test/firmware/flight-recorder.test.ts',
  'state-machine/turn.ts': 'test/state-machine/step.test.ts',
};

/**
 * What a folder may import beside itself. `types`: by `import type` only. `packages`: npm's and Node's. The longest
 * folder that fits counts; scripts and the rest of test may import anything.
 */
const imports: Readonly<
  Record<string, { readonly code: readonly string[]; readonly types?: readonly string[]; readonly packages: boolean }>
> = {
  hal: { code: [], packages: false },
  'state-machine': { code: [], types: ['hal'], packages: false },
  drivers: { code: ['hal'], packages: true },
  firmware: { code: ['hal', 'state-machine', 'drivers'], packages: true },
  // The virtual board shares no code with what it proves: a mistake on one side must not be mirrored on the other.
  'test/bench': { code: ['hal', 'test'], packages: true },
};

const maxLines = 450;
/** Folders and files that are made by a tool, or no part of the repository. */
const notOurs = ['node_modules', 'dist', '.git', '.tap', 'coverage', 'run', 'package-lock.json'];
const measured = /\.(?:ts|js|mjs|cjs|sh|md)$/;
/** A file that says so in its first lines is generated, and may be long. */
const generated = /\b(?:generated (?:by|from)|do not edit)\b/i;

/** What would make the state machine's decision depend on more than its arguments. */
const impure = /\b(?:Date|process|performance|setTimeout|setInterval|setImmediate|globalThis)\b|\bMath\s*\.\s*random\b/;

/** Where programs that talk to a terminal live; elsewhere words go to the log. */
const mayPrint = /^(?:scripts|test)\/|main\.ts$/;

/** Development dependencies that are run or read, or give files or types, and are not imported. */
const tools = [
  '@biomejs/biome',
  '@fontsource/unifontex',
  '@types/node',
  '@types/opentype.js',
  '@types/pngjs',
  'oxlint',
  'oxlint-tsgolint',
  'typescript',
];

/** Path from the root, with slashes, to content. */
type Tree = ReadonlyMap<string, string>;

const folderOf = (path: string): string | undefined =>
  Object.keys(imports)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

/** Source without comments; with `strings` false without the content of quoted strings too. */
const bare = (source: string, strings: boolean): string =>
  source.replace(/(["'])(?:\\.|(?!\1)[^\\\n])*\1|\/\*[\s\S]*?\*\/|\/\/.*$/gm, (found, quote?: string) =>
    quote === undefined ? '' : strings ? found : quote + quote,
  );

interface Import {
  readonly typeOnly: boolean;
  readonly from: string;
}

const importsOf = (source: string): Import[] => {
  const code = bare(source, true);
  const found: Import[] = [];
  for (const match of code.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)) {
    found.push({ typeOnly: match[1] !== undefined, from: match[2] ?? '' });
  }
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) {
    found.push({ typeOnly: false, from: match[1] ?? '' });
  }
  return found;
};

const sources = (tree: Tree): [path: string, source: string][] => [...tree].filter(([path]) => path.endsWith('.ts'));

/** Files without a test: neither `test/<path>.test.ts` nor one for their folder, `test/<folder>/<folder>.test.ts`. */
const withoutTest = (tree: Tree, hasRuntimeCode: (path: string) => boolean): string[] =>
  sources(tree)
    .map(([path]) => path)
    .filter((path) => tested.includes(path.split('/')[0] ?? '') && hasRuntimeCode(path) && !(path in provenBy))
    .filter((path) => {
      const folder = posix.dirname(path);
      const own = `test/${path.replace(/\.ts$/, '.test.ts')}`;
      return !tree.has(own) && !tree.has(`test/${folder}/${basename(folder)}.test.ts`);
    });

const wrongImports = (tree: Tree): string[] =>
  sources(tree).flatMap(([path, source]) => {
    const folder = folderOf(path);
    const allowed = folder === undefined ? undefined : imports[folder];
    if (folder === undefined || allowed === undefined) return [];
    return importsOf(source)
      .filter(({ typeOnly, from }) => {
        if (!from.startsWith('.')) return !allowed.packages;
        const target = posix.join(posix.dirname(path), from);
        const within = (folders: readonly string[]) => folders.some((name) => target.startsWith(`${name}/`));
        return !within([folder, ...allowed.code, ...(typeOnly ? (allowed.types ?? []) : [])]);
      })
      .map(({ from }) => `${path} imports ${from}`);
  });

const tooLong = (tree: Tree): string[] =>
  [...tree]
    .filter(([path, content]) => measured.test(path) && !generated.test(content.slice(0, 500)))
    .map(([path, content]) => ({ path, lines: content.split('\n').length - 1 }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path} has ${lines} lines`);

const impureDecisions = (tree: Tree): string[] =>
  sources(tree)
    .filter(([path]) => path.startsWith('state-machine/'))
    .flatMap(([path, source]) => {
      const word = impure.exec(bare(source, false))?.[0];
      return word === undefined ? [] : [`${path} uses ${word}`];
    });

const prints = (tree: Tree): string[] =>
  sources(tree)
    .filter(([path, source]) => !mayPrint.test(path) && /\bconsole\s*\.\s*log\b/.test(bare(source, false)))
    .map(([path]) => path);

const unusedDependencies = (tree: Tree): string[] => {
  const manifest = JSON.parse(tree.get('package.json') ?? '{}') as {
    dependencies?: Record<string, string>;
    devDependencies?: Record<string, string>;
  };
  const named = sources(tree).flatMap(([, source]) => importsOf(source).map(({ from }) => from));
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    (name) => !tools.includes(name) && !named.some((from) => from === name || from.startsWith(`${name}/`)),
  );
};

const findRoot = (from: string): string => (existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from)));
const root = findRoot(import.meta.dirname);

const readTree = (folder = ''): [string, string][] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.includes(entry.name))
    .flatMap((entry): [string, string][] => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return readTree(path);
      return measured.test(path) || path === 'package.json' ? [[path, readFileSync(join(root, path), 'utf8')]] : [];
    });
const tree: Tree = new Map(readTree());

/** Whether the compiler left anything of a file but its types. */
const leavesCode = (path: string): boolean => {
  const emitted = join(root, 'dist', path.replace(/\.ts$/, '.js'));
  if (!existsSync(emitted)) return true;
  return bare(readFileSync(emitted, 'utf8'), true).replaceAll('export {};', '').trim() !== '';
};

test('each source file with runtime code has its test', (t) => {
  t.strictSame(withoutTest(tree, leavesCode), []);
  t.strictSame(
    Object.entries(provenBy).filter(([path, proof]) => !tree.has(path) || !tree.has(proof)),
    [],
    'each exception is for a file that is there, and names a test that is there',
  );
  t.end();
});

test('imports run one way', (t) => {
  t.strictSame(wrongImports(tree), []);
  t.end();
});

test(`no file is longer than ${maxLines} lines`, (t) => {
  t.strictSame(tooLong(tree), []);
  t.end();
});

test('the state machine decides by its arguments alone', (t) => {
  t.strictSame(impureDecisions(tree), []);
  t.end();
});

test('only programs print', (t) => {
  t.strictSame(prints(tree), []);
  t.end();
});

const main = 'firmware/main.ts';
test('each dependency is used', {
  skip: !tree.has(main) && `${main}, which brings them together, is not there`,
}, (t) => {
  t.strictSame(unusedDependencies(tree), []);
  t.end();
});

test('the rules themselves see what they are for', (t) => {
  const bad: Tree = new Map([
    ['hal/clock.ts', "import type { A } from 'node:fs';\nimport type { B } from '../firmware/b.ts';"],
    ['hal/units.ts', "import {\n  type Clock,\n} from './clock.ts';"],
    ['test/hal/units.test.ts', 'console.log(1);'],
    ['state-machine/step.ts', "import { b } from '../hal/units.ts';\nconst at = Date.now();"],
    ['state-machine/fold.ts', "import type { B } from '../hal/units.ts';\n// no Date here\nconst text = 'a Date';"],
    ['drivers/pin-pad/a.ts', "export * from '../../test/bench/pad.ts';\nconsole.log('PIN');"],
    ['drivers/pin-pad/b.ts', "/* import '../../firmware/x.ts' */ import '../serial/line.ts';"],
    ['test/drivers/pin-pad/pin-pad.test.ts', ''],
    ['firmware/boot.ts', "const helper = await import('../test/support/a.ts');\nimport { z } from 'used/deep';"],
    ['firmware/main.ts', 'console.log(2);'],
    ['test/bench/pad.ts', "import { p } from '../../drivers/pin-pad/a.ts';\nimport { q } from '../support/q.ts';"],
    ['docs/long.md', '\n'.repeat(451)],
    ['docs/just-right.md', '\n'.repeat(450)],
    ['drivers/pin-pad/table.ts', `// Generated by a script\n${'\n'.repeat(1000)}`],
    ['package.json', '{"dependencies":{"used":"1","unused":"1"},"devDependencies":{"oxlint":"1","dull":"1"}}'],
  ]);
  t.strictSame(
    withoutTest(bad, (path) => path !== 'hal/clock.ts'),
    ['state-machine/step.ts', 'state-machine/fold.ts', 'firmware/boot.ts', 'firmware/main.ts'],
  );
  t.strictSame(wrongImports(bad), [
    'hal/clock.ts imports node:fs',
    'hal/clock.ts imports ../firmware/b.ts',
    'state-machine/step.ts imports ../hal/units.ts',
    'drivers/pin-pad/a.ts imports ../../test/bench/pad.ts',
    'firmware/boot.ts imports ../test/support/a.ts',
    'test/bench/pad.ts imports ../../drivers/pin-pad/a.ts',
  ]);
  t.strictSame(tooLong(bad), ['docs/long.md has 451 lines']);
  t.strictSame(impureDecisions(bad), ['state-machine/step.ts uses Date']);
  t.strictSame(prints(bad), ['drivers/pin-pad/a.ts']);
  t.strictSame(unusedDependencies(bad), ['unused', 'dull']);
  t.end();
});
