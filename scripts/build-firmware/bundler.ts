/** The programs of a board, each one file of CommonJS, made of what the compiler emitted. */
import { join } from 'node:path';
import * as esbuild from 'esbuild';

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

/** Slips and screens are GBK: of iconv-lite's half megabyte of tables that one is taken. Another encoding then throws. */
const onlyGbk: esbuild.Plugin = {
  name: 'only-gbk',
  setup: (build) => {
    build.onResolve({ filter: /\/tables\/.*\.json$/ }, ({ path }) =>
      /(?:cp936|gbk-added)\.json$/.test(path) ? undefined : { path, external: true },
    );
    build.onLoad({ filter: /iconv-lite\/encodings\/sbcs-data-generated\.js$/ }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** Lists of ports are for desks: what makes them loads child_process, which takes a tenth of a start. */
const withoutPortList: esbuild.Plugin = {
  name: 'without-port-list',
  setup: (build) => {
    build.onLoad({ filter: /bindings-cpp\/dist\/linux-list\.js$/ }, () => ({
      contents: "exports.linuxList = () => { throw new Error('A board has no list of ports'); };",
    }));
  },
};

const programs = [
  { file: 'slipsafe.js', entry: 'dist/firmware/main.js', without: Object.keys(standIns) },
  { file: 'terminalctl.cjs', entry: 'dist/firmware/terminalctl/main.js', without: Object.keys(standIns) },
  { file: 'thermal-printer.cjs', entry: 'node_modules/node-thermal-printer/node-thermal-printer.js', without: [] },
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
        legalComments: 'none',
        // What lies beside a module looks for its place in another way where there is none.
        logOverride: { 'empty-import-meta': 'silent' },
        define: { 'process.env.SLIPSAFE_BUILD': JSON.stringify(build) },
        metafile: true,
        write: false,
        plugins: [...others, standIn(without), onlyGbk, withoutPortList],
      });
      const content = outputFiles[0]?.contents ?? new Uint8Array();
      return { program: { file, content }, inputs: Object.keys(metafile.inputs) };
    }),
  );
  const packages = made.flatMap(({ inputs }) => inputs.flatMap((input) => /^node_modules\/.*/.exec(input) ?? []));
  return {
    programs: made.map(({ program }) => program),
    packages: [...new Set(packages.map(packageOf))].sort(),
  };
};

/** `node_modules/a/node_modules/@b/c/lib/d.js` → `node_modules/a/node_modules/@b/c` */
const packageOf = (path: string): string => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
