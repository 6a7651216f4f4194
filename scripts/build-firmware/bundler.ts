/** The programs of a board, each one file of CommonJS, made of what the compiler emitted. */
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { gbkStandIn } from './gbk-stand-in.ts';

/** dist/scripts/build-firmware → the repository */
export const root = join(import.meta.dirname, '..', '..', '..');

/** What stands in the place of a package's own loader or index: its source. */
const standIns: Readonly<Record<string, string>> = {
  // Both look through folders of addons for all platforms; a bundle has its own board's, beside it.
  'node-gyp-build': "module.exports = () => require('./serialport.node');",
  'pkg-prebuilds/bindings': "module.exports = () => require('./hid.node');",
  // Its index loads the mock, the bindings of three systems and eleven parsers.
  serialport: `import { SerialPortStream } from '@serialport/stream';
import { LinuxBinding } from '@serialport/bindings-cpp/dist/linux.js';
export class SerialPort extends SerialPortStream {
  static binding = LinuxBinding;
  constructor(options, opened) { super({ binding: LinuxBinding, ...options }, opened); }
}`,
  'iconv-lite': gbkStandIn(),
  // Loaded when a logo is read.
  pngjs: "module.exports = { get PNG() { return require('pngjs/lib/png.js').PNG; } };",
  // Loaded when the first slip is laid out.
  'node-thermal-printer': `const load = () => require('./thermal-printer.cjs');
module.exports = {
  get CharacterSet() { return load().CharacterSet; },
  get PrinterTypes() { return load().PrinterTypes; },
  get ThermalPrinter() { return load().ThermalPrinter; },
};`,
};

const standIn = (names: readonly string[]): esbuild.Plugin => ({
  name: 'stand-in',
  setup: (build) => {
    for (const name of names) {
      const filter = new RegExp(`^${name}$`);
      build.onResolve({ filter }, () => ({ path: name, namespace: 'stand-in' }));
    }
    build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({
      contents: standIns[path] ?? '',
      resolveDir: root,
    }));
    build.onResolve({ filter: /^\.\/(?:.*\.node|thermal-printer\.cjs)$/ }, ({ path }) => ({ path, external: true }));
  },
});

/** Parts of packages that a board doesn't come to, and that would take their time of each start. */
const leftOut: Readonly<Record<string, string>> = {
  // Lists of ports are for desks: what makes them loads child_process.
  '@serialport/bindings-cpp/dist/linux-list.js':
    "exports.linuxList = () => { throw new Error('A board has no list of ports'); };",
  // The log is written to the standard output, without a thread of its own.
  'pino/lib/transport.js': "module.exports = () => { throw new Error('A board has no log transports'); };",
};

const withoutThem: esbuild.Plugin = {
  name: 'without-them',
  setup: (build) => {
    for (const [path, contents] of Object.entries(leftOut)) {
      build.onLoad({ filter: new RegExp(`/node_modules/${path.replaceAll('.', '\\.')}$`) }, () => ({ contents }));
    }
  },
};

const programs = [
  { file: 'slipsafe.js', entry: 'dist/firmware/main.js', without: Object.keys(standIns) },
  { file: 'terminalctl.cjs', entry: 'dist/firmware/terminalctl/main.js', without: Object.keys(standIns) },
  {
    file: 'thermal-printer.cjs',
    entry: 'node_modules/node-thermal-printer/node-thermal-printer.js',
    without: ['iconv-lite'],
  },
] as const;

export interface Program {
  readonly file: string;
  readonly content: Uint8Array;
}

export interface Programs {
  readonly programs: readonly Program[];
  /** The folders of the npm packages of which something is in them, such as `node_modules/pino`. */
  readonly packages: readonly string[];
}

/**
 * @param build the name that the programs know themselves by
 * @param others what else is changed on the way, such as by a test that needs a build of another data format
 */
export const bundle = async (build: string, others: readonly esbuild.Plugin[] = []): Promise<Programs> => {
  const made = await Promise.all(
    programs.map(async ({ file, entry, without }) => {
      const { outputFiles, metafile } = await esbuild.build({
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: file,
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        // The loader runs it as a script of its own, which knows require and no import.
        supported: { 'dynamic-import': false },
        minifySyntax: true,
        minifyWhitespace: true,
        // Node shows the line of an error that ends a program: it goes into the journal.
        lineLimit: 160,
        legalComments: 'none',
        // What lies beside a module looks for its place in another way where there is none.
        logOverride: { 'empty-import-meta': 'silent' },
        define: { 'process.env.SLIPSAFE_BUILD': JSON.stringify(build) },
        metafile: true,
        write: false,
        plugins: [...others, standIn(without), withoutThem],
      });
      const content = outputFiles[0]?.contents ?? new Uint8Array();
      return { program: { file, content }, inputs: Object.keys(metafile.inputs) };
    }),
  );
  const packages = made.flatMap(({ inputs }) => inputs.flatMap((input) => /^node_modules\/.*/.exec(input) ?? []));
  return {
    programs: made.map(({ program }) => program),
    // The stand-in's tables are iconv-lite's.
    packages: [...new Set([...packages.map(packageOf), 'node_modules/iconv-lite'])].sort(),
  };
};

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c` */
const packageOf = (path: string): string => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
